# SPDX-License-Identifier: GPL-2.0-or-later
# The bridge that guests are put on unless their configuration says another.
install-domus += dom0/network/domus-network:/usr/lib/domus/ dom0/network/domus-network.service:/usr/lib/systemd/system/
install-domus += $(foreach f,netdev network,dom0/network/60-domus0.$f:/usr/share/domus/network/)
install-domus += dom0/network/60-domus-vif.network:/usr/lib/systemd/network/
install-domus += dom0/network/networkmanager.conf:/usr/lib/NetworkManager/conf.d/domus.conf
