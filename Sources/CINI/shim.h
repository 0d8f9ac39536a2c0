// inih as Debian ships it. Its limits are C globals, which Swift 6 refuses as shared mutable
// state, so a function reads them.
#pragma once
#include <ini.h>
