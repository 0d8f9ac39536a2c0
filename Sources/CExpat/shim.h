// Expat as Debian ships it, and the string functions that its handlers need for NUL-terminated names.
#pragma once
#include <expat.h>
#include <string.h>

// Debian 12 and 13 patched this function into their builds (CVE-2023-52425); an Expat older than
// the patch declares nothing, and repeating the declaration is harmless elsewhere.
#ifdef __cplusplus
extern "C"
#endif
XMLPARSEAPI(XML_Bool) XML_SetReparseDeferralEnabled(XML_Parser parser, XML_Bool enabled);
