#ifndef CPOSIX_H
#define CPOSIX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#endif
