/* SPDX-License-Identifier: GPL-2.0-or-later */
int f(int a, int b, int c, int d, int e, int g, int h)
{
    return a;
}
