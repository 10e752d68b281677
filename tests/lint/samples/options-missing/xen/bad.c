/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two options, one of them nowhere told. */
DEFINE_@@PARAM("known", known_parse);
DEFINE_@@PARAM("unknown", unknown_parse);
