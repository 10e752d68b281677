# SPDX-License-Identifier: GPL-2.0-or-later
# What the services stand on.
install-domus += dom0/units/domus-modules.service:/usr/lib/systemd/system/
