/* The C bot that Perch is measured against: libstrophe, TLS, a login, an answer to each message.
 * strophe-bot JID PASSWORD HOST PORT CA-FILE [direct] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

static int on_message(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *context)
{
    const char *type = xmpp_stanza_get_type(stanza);
    char *text = (type && strcmp(type, "error") == 0) ? NULL : xmpp_message_get_body(stanza);
    if (!text) return 1;
    xmpp_stanza_t *reply = xmpp_stanza_reply(stanza);
    xmpp_message_set_body(reply, strcmp(text, "lamp on") == 0 ? "lamp is on" : "lamp is off");
    xmpp_send(conn, reply);
    xmpp_stanza_release(reply);
    xmpp_free(context, text);
    return 1;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *reason, void *context)
{
    (void)error, (void)reason;
    if (event != XMPP_CONN_CONNECT) { xmpp_stop(context); return; }
    puts("bound"), fflush(stdout);
    xmpp_handler_add(conn, on_message, NULL, "message", NULL, context);
    xmpp_stanza_t *presence = xmpp_presence_new(context);
    xmpp_send(conn, presence);
    xmpp_stanza_release(presence);
    puts("online"), fflush(stdout);
}

int main(int count, char **words)
{
    if (count < 6) return 2;
    xmpp_initialize();
    xmpp_ctx_t *context = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(context);
    xmpp_conn_set_flags(conn, count > 6 ? XMPP_CONN_FLAG_LEGACY_SSL : XMPP_CONN_FLAG_MANDATORY_TLS);
    xmpp_conn_set_jid(conn, words[1]);
    xmpp_conn_set_pass(conn, words[2]);
    xmpp_conn_set_cafile(conn, words[5]);
    if (xmpp_connect_client(conn, words[3], (unsigned short)atoi(words[4]), on_connection, context) == XMPP_EOK) xmpp_run(context);
    return 1;
}
