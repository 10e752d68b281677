/* SPDX-License-Identifier: GPL-2.0-or-later */
uint32_t needs_types(void);
