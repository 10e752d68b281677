/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included before everything else: all symbols are our own, so none goes through a table. */
#pragma GCC visibility push(hidden)
