/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMOS clock, read once for the wall clock at start-up. */
#include <hv/acpi.h>

#include <asm/io.h>
#include <asm/irqflags.h>

#include "calendar.h"
#include "private.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71

#define RTC_SECONDS    0x00
#define RTC_MINUTES    0x02
#define RTC_HOURS      0x04
#define RTC_DAY        0x07
#define RTC_MONTH      0x08
#define RTC_YEAR       0x09
#define RTC_STATUS_A   0x0a
#define RTC_STATUS_B   0x0b
#define RTC_A_UPDATING 0x80
#define RTC_POLLS      100000U /* an update takes 2 ms */

static uint8_t cmos_read(uint8_t index)
{
    outb(CMOS_INDEX, index);
    return inb(CMOS_DATA);
}

static struct rtc_registers registers_read(void)
{
    struct rtc_registers r;

    for (unsigned int i = 0; i < RTC_POLLS && (cmos_read(RTC_STATUS_A) & RTC_A_UPDATING); i++)
        cpu_relax();
    r.second = cmos_read(RTC_SECONDS);
    r.minute = cmos_read(RTC_MINUTES);
    r.hour = cmos_read(RTC_HOURS);
    r.day = cmos_read(RTC_DAY);
    r.month = cmos_read(RTC_MONTH);
    r.year = cmos_read(RTC_YEAR);
    r.century = acpi_info.century ? cmos_read(acpi_info.century) : 0;
    r.status_b = cmos_read(RTC_STATUS_B);
    return r;
}

uint64_t rtc_read(void)
{
    struct rtc_registers r, again = registers_read();

    if (acpi_info.no_cmos_rtc)
        return 0;
    /* Two equal readings: no update came between the registers. */
    for (unsigned int i = 0; i < 4; i++) {
        r = again;
        again = registers_read();
        if (r.second == again.second && r.minute == again.minute && r.hour == again.hour)
            break;
    }
    return calendar_from_rtc(again);
}
