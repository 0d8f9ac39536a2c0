// OpenSSL as Debian ships it. The functions below exist because OpenSSL offers them as macros,
// which Swift cannot import.
#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <openssl/crypto.h>

// MARK: For TLS

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// Must come before anything else in the process uses OpenSSL. The configuration file is not read (it may load engines and
// providers, and Debian's only repeats the limits set in tls_context), and the 3000 error strings are not registered:
// together they cost private memory for texts that people cannot use. The strings of TLS come when there is an error.
static inline int tls_initialise(void) {
    return OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS
        | OPENSSL_INIT_NO_ATEXIT, NULL);
}

static inline int tls_no_passphrase(char *into, int size, int writing, void *data) {
    (void)into, (void)size, (void)writing, (void)data;
    return 0; // the default would ask on the terminal
}

static inline SSL_CTX *tls_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_security_level(context, 2); // 112 bits: RSA 2048, no SHA-1 signatures (Debian's default)
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // New tickets go to TLSContext (see tls_keep_tickets) and nowhere else.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_default_passwd_cb(context, tls_no_passphrase);
    return context;
}

static inline SSL *tls_of_store(X509_STORE_CTX *store) {
    return (SSL *)X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
}

static inline void tls_set_owner(SSL *ssl, void *owner) { SSL_set_app_data(ssl, owner); }
static inline void *tls_owner(SSL *ssl) { return SSL_get_app_data(ssl); }

static inline int tls_is_address(const char *name) {
    unsigned char address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

// The name to verify, and for names (not addresses, RFC 6066 §3) the one to ask for. 1 on success.
static inline int tls_expect(SSL *ssl, const char *name) {
    if (tls_is_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
    // RFC 9525: no names from the subject, and a wildcard is a whole label.
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

// 1 on success.
static inline int tls_offer_protocol(SSL *ssl, const char *name) {
    unsigned char list[256];
    size_t length = strlen(name);
    if (length == 0 || length > 255) return 0;
    list[0] = (unsigned char)length;
    memcpy(list + 1, name, length);
    return SSL_set_alpn_protos(ssl, list, (unsigned)length + 1) == 0;
}

enum { TLS_PIN_SIZE = 32 };
// SHA-256 of the SubjectPublicKeyInfo (RFC 7469 §2.4). 1 on success.
static inline int tls_pin(X509 *certificate, unsigned char pin[TLS_PIN_SIZE]) {
    unsigned char *der = NULL;
    int length = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der) : -1;
    if (length <= 0) return 0;
    int result = EVP_Digest(der, (size_t)length, pin, NULL, EVP_sha256(), NULL);
    OPENSSL_free(der);
    return result;
}

// YYYY-MM-DD, "" when the certificate's date is nonsense.
static inline void tls_date(const ASN1_TIME *time, char into[16]) {
    struct tm tm;
    if (!time || !ASN1_TIME_to_tm(time, &tm)
        || strftime(into, 16, "%Y-%m-%d", &tm) == 0) into[0] = 0;
}
// Days that are left of a certificate when somebody should have renewed it: less than two weeks and a quarter of its time. Else -1.
static inline int tls_ends_soon(const X509 *certificate) {
    int left = 0, all = 0, seconds;
    if (!certificate || !ASN1_TIME_diff(&left, &seconds, NULL, X509_get0_notAfter(certificate))
        || !ASN1_TIME_diff(&all, &seconds, X509_get0_notBefore(certificate), X509_get0_notAfter(certificate)))
        return -1;
    return left >= 0 && left < 14 && left * 4 < all ? left : -1;
}
static inline void tls_today(char into[16]) {
    struct tm tm;
    time_t now = time(NULL);
    if (!gmtime_r(&now, &tm) || strftime(into, 16, "%Y-%m-%d", &tm) == 0) into[0] = 0;
}

// The DNS names and addresses that a certificate is for, one after another with ", " between, as many as fit.
static inline void tls_names(X509 *certificate, char *into, size_t capacity) {
    size_t used = 0;
    into[0] = 0;
    GENERAL_NAMES *names = (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        char address[INET6_ADDRSTRLEN] = "";
        const char *text = NULL;
        int length = 0;
        if (name->type == GEN_DNS) {
            text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
            length = ASN1_STRING_length(name->d.dNSName);
        } else if (name->type == GEN_IPADD) {
            int size = ASN1_STRING_length(name->d.iPAddress);
            if (size == 4 || size == 16)
                inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), address, sizeof address);
            text = address;
            length = (int)strlen(address);
        }
        if (length <= 0 || used + (size_t)length + 3 > capacity) continue;
        if (used > 0) used += (size_t)snprintf(into + used, capacity - used, ", ");
        for (int k = 0; k < length; k++) into[used++] = text[k] > 0x20 && text[k] < 0x7f ? text[k] : '?';
        into[used] = 0;
    }
    GENERAL_NAMES_free(names);
}

// The issuer's common name or organisation, for people; "" when it has neither.
static inline void tls_issuer(X509 *certificate, char *into, size_t capacity) {
    into[0] = 0;
    X509_NAME *issuer = X509_get_issuer_name(certificate);
    if (X509_NAME_get_text_by_NID(issuer, NID_commonName, into, (int)capacity) <= 0
        && X509_NAME_get_text_by_NID(issuer, NID_organizationName, into, (int)capacity) <= 0) into[0] = 0;
    for (char *c = into; *c; c++) if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
}

// tls-server-end-point (RFC 5929 §4.1): the certificate's hash with its signature's digest, SHA-256 instead of
// MD5 and SHA-1. Returns the length, or 0.
static inline unsigned tls_end_point(X509 *certificate, unsigned char into[EVP_MAX_MD_SIZE]) {
    int digest = 0;
    unsigned length = 0;
    if (!certificate || !OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, NULL)) return 0;
    const EVP_MD *md = digest == NID_md5 || digest == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(digest);
    return md && X509_digest(certificate, md, into, &length) ? length : 0;
}

// tls-unique (RFC 5929 §3.1): the first Finished message of the handshake, which is the client's in a full one and the
// server's in a resumed one. Returns the length, or 0: below and above TLS 1.2, and without the extended master secret,
// where two connections can be made to have the same one (RFC 7627 §5.4, CVE-2014-1295).
static inline size_t tls_unique(SSL *ssl, unsigned char into[EVP_MAX_MD_SIZE]) {
    if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1) return 0;
    return SSL_session_reused(ssl) ? SSL_get_peer_finished(ssl, into, EVP_MAX_MD_SIZE) : SSL_get_finished(ssl, into, EVP_MAX_MD_SIZE);
}

static inline int64_t tls_now(void) { return (int64_t)time(NULL); }

// Until when, in seconds since 1970, every certificate of the chain that was verified is valid. Nobody looked at one when
// the key is pinned: then for ever.
static inline int64_t tls_good_until(SSL *ssl) {
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    int64_t now = tls_now(), until = INT64_MAX;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        int days = 0, seconds = 0;
        if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(sk_X509_value(chain, i)))) return now;
        int64_t end = now + (int64_t)days * 86400 + seconds;
        if (end < until) until = end;
    }
    return until;
}

// The session of a finished handshake for later, one reference of it, or NULL. Below TLS 1.3 only: there it says itself when
// there is a ticket. Without the extended master secret it must not be resumed (RFC 7627 §5.4).
static inline SSL_SESSION *tls_ticket(SSL *ssl) {
    SSL_SESSION *session = SSL_get_session(ssl);
    if (!session || SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) != 1 || !SSL_SESSION_is_resumable(session))
        return NULL;
    return SSL_get1_session(ssl);
}

// OpenSSL spoils the session of a connection that ends without a goodbye, which is how ours end when the network fails.
static inline void tls_spare_session(SSL *ssl) { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

// Words for the oldest error in the queue, which is the cause of the others; empties the queue. Never NULL.
static inline const char *tls_error_words(unsigned long code) {
    if (ERR_SYSTEM_ERROR(code)) return strerror(ERR_GET_REASON(code));
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
        ERR_load_SSL_strings();
#pragma clang diagnostic pop
    }
    const char *words = ERR_reason_error_string(code);
    return words ? words : "";
}
