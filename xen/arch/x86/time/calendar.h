/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the CMOS clock's registers to seconds since 1970. */
#ifndef TIME_CALENDAR_H
#define TIME_CALENDAR_H

#include <hv/types.h>

#define RTC_B_24H    0x02
#define RTC_B_BINARY 0x04
#define RTC_HOUR_PM  0x80

struct rtc_registers {
    uint8_t second, minute, hour, day, month, year;
    uint8_t century; /* 0: the machine has no such register */
    uint8_t status_b;
};

/* 0 if the registers hold no date. */
uint64_t calendar_from_rtc(struct rtc_registers r);

#endif
