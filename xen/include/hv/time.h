/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time: nanoseconds since start, the same on all CPUs, never going back. */
#ifndef HV_TIME_H
#define HV_TIME_H

#include <hv/types.h>

#define NS_PER_S   1000000000LL
#define NS_PER_MS  1000000LL
#define NS_PER_US  1000LL
#define TIME_NEVER INT64_MAX

struct vcpu;
struct domain;

nstime_t time_now(void);

/* Wall clock at system time 0, and setting it (XENPF_settime); seconds and nanoseconds since 1970.
 */
void wallclock_get(uint64_t *sec, uint32_t *nsec);
void wallclock_set(uint64_t sec, uint32_t nsec, nstime_t system_time);

/* Writes version, time stamp and scale into the vcpu's vcpu_info (and secondary time area). */
void vcpu_time_update(struct vcpu *v);
/* Writes the wall clock into the domain's shared_info. */
void domain_wallclock_update(struct domain *d);

/* Busy waits, for hardware. */
void delay_us(unsigned int us);

#endif
