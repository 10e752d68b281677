/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(void)
{
    int a[2] = { 0, 1 };

    return a[2];
}
