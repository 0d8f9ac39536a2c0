// Expat as Debian ships it; imported as it is.
#pragma once
#include <expat.h>
