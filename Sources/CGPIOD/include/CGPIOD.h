// One GPIO interface over libgpiod 1.6 and 2.x; CGPIOD.c decides by the header it finds.
#pragma once
#include <gpiod.h>
