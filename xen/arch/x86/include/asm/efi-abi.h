/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's structures that we use (UEFI specification 2.10; section numbers below). */
#ifndef ASM_EFI_ABI_H
#define ASM_EFI_ABI_H

#include <hv/types.h>

#define __efiapi __attribute__((ms_abi))

typedef uint64_t efi_status_t;

#define EFI_SUCCESS           0ULL
#define EFI_ERROR_BIT         (1ULL << 63)
#define EFI_INVALID_PARAMETER (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED       (EFI_ERROR_BIT | 3)
#define EFI_BUFFER_TOO_SMALL  (EFI_ERROR_BIT | 5)
#define EFI_OUT_OF_RESOURCES  (EFI_ERROR_BIT | 9)
#define EFI_NOT_FOUND         (EFI_ERROR_BIT | 14)

struct efi_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

/* 7.2.3: memory types and attributes. */
enum efi_memory_type {
    EFI_RESERVED_MEMORY = 0,
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_SERVICES_CODE = 3,
    EFI_BOOT_SERVICES_DATA = 4,
    EFI_RUNTIME_SERVICES_CODE = 5,
    EFI_RUNTIME_SERVICES_DATA = 6,
    EFI_CONVENTIONAL_MEMORY = 7,
    EFI_UNUSABLE_MEMORY = 8,
    EFI_ACPI_RECLAIM_MEMORY = 9,
    EFI_ACPI_MEMORY_NVS = 10,
    EFI_MEMORY_MAPPED_IO = 11,
};

#define EFI_MEMORY_UC      0x1ULL
#define EFI_MEMORY_WC      0x2ULL
#define EFI_MEMORY_WT      0x4ULL
#define EFI_MEMORY_WB      0x8ULL
#define EFI_MEMORY_RUNTIME 0x8000000000000000ULL

struct efi_memory_descriptor {
    uint32_t type, pad;
    uint64_t physical, virtual, pages, attribute;
};

/* 4.2: the header that all tables begin with. */
struct efi_table_header {
    uint64_t signature;
    uint32_t revision, size, crc32, reserved;
};

struct efi_configuration_table {
    struct efi_guid guid;
    uint64_t table;
};

struct efi_text_output {
    uint64_t reset;
    efi_status_t(__efiapi *output_string)(struct efi_text_output *self, const uint16_t *s);
};

/* 4.4; the members that we do not call are only counted. */
struct efi_boot_services {
    struct efi_table_header header;
    uint64_t priority[2], memory[2];
    efi_status_t(__efiapi *get_memory_map)(uint64_t *size, void *map, uint64_t *key,
                                           uint64_t *descriptor_size, uint32_t *version);
    uint64_t pool[2], event[6], protocol[9], image[4];
    efi_status_t(__efiapi *exit_boot_services)(uint64_t image, uint64_t map_key);
    uint64_t misc[2];
    efi_status_t(__efiapi *set_watchdog_timer)(uint64_t seconds, uint64_t code, uint64_t size,
                                               const uint16_t *data);
    uint64_t connect[2], open_protocol[3], library[2];
    efi_status_t(__efiapi *locate_protocol)(const struct efi_guid *guid, void *registration,
                                            void **interface);
};
_Static_assert(offsetof(struct efi_boot_services, get_memory_map) == 24 + 4 * 8, "UEFI 4.4");
_Static_assert(offsetof(struct efi_boot_services, exit_boot_services) == 0xe8, "UEFI 4.4");
_Static_assert(offsetof(struct efi_boot_services, set_watchdog_timer) == 0x100, "UEFI 4.4");
_Static_assert(offsetof(struct efi_boot_services, locate_protocol) == 0x140, "UEFI 4.4");

struct efi_time;

/* 4.5 and chapter 8. Called through efi_call(), so only the addresses matter. */
struct efi_runtime_services {
    struct efi_table_header header;
    uint64_t get_time, set_time, get_wakeup_time, set_wakeup_time;
    uint64_t set_virtual_address_map, convert_pointer;
    uint64_t get_variable, get_next_variable_name, set_variable;
    uint64_t get_next_high_monotonic_count, reset_system;
    uint64_t update_capsule, query_capsule_capabilities, query_variable_info;
};

/* 4.3 */
struct efi_system_table {
    struct efi_table_header header;
    uint64_t vendor; /* UTF-16 */
    uint32_t revision, pad;
    uint64_t console_in[2], console_out_handle;
    struct efi_text_output *console_out;
    uint64_t error_out[2];
    struct efi_runtime_services *runtime;
    struct efi_boot_services *boot;
    uint64_t nr_tables;
    struct efi_configuration_table *tables;
};
_Static_assert(sizeof(struct efi_system_table) == 120, "UEFI 4.3");

#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249ULL

/* 12.9.2: the graphics output protocol. */
enum efi_pixel_format {
    EFI_PIXEL_RGBX = 0,
    EFI_PIXEL_BGRX = 1,
    EFI_PIXEL_MASKS = 2,
};

struct efi_gop_info {
    uint32_t version, width, height, format;
    uint32_t red_mask, green_mask, blue_mask, reserved_mask;
    uint32_t pixels_per_line;
};

struct efi_gop_mode {
    uint32_t max_mode, mode;
    struct efi_gop_info *info;
    uint64_t info_size, base, size;
};

struct efi_gop {
    uint64_t query_mode, set_mode, blt;
    struct efi_gop_mode *mode;
};

/* 4.6 and 12.9 */
#define EFI_GUID(a, b, c, ...) \
    {                          \
        a, b, c,               \
        {                      \
            __VA_ARGS__        \
        }                      \
    }
#define EFI_ACPI_20_GUID \
    EFI_GUID(0x8868e871, 0xe4f1, 0x11d3, 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81)
#define EFI_ACPI_GUID \
    EFI_GUID(0xeb9d2d30, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d)
#define EFI_SMBIOS_GUID \
    EFI_GUID(0xeb9d2d31, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d)
#define EFI_SMBIOS3_GUID \
    EFI_GUID(0xf2fd1544, 0x9794, 0x4a2c, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94)
#define EFI_GOP_GUID \
    EFI_GUID(0x9042a9de, 0x23dc, 0x4a38, 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a)

#endif
