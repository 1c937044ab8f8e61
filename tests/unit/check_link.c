#include "config.h"

#include <check.h>

#include "base/buf.h"
#include "follow/link.h"
#include "unit.h"

static const struct row {
	const char *headers;
	const char *next; /* NULL: there is none */
} rows[] = {
    {"HTTP/1.1 200 OK\r\nLink: </p?2>; rel=\"next\"\r\n\r\n", "/p?2"},
    {"link: </p?2>; rel=next\r\n", "/p?2"},
    {"LINK:</p?2>;REL=NEXT\r\n", "/p?2"},
    {"Link: <?page=2>; rel=\"next\"\r\n", "?page=2"},
    {"Link: <>; rel=next\r\n", ""},
    /* Commas inside <> and quotes belong there. */
    {"Link: </a,b;c>; rel=\"next\"\r\n", "/a,b;c"},
    {"Link: </1>; title=\"a, <b>; rel=next\"; rel=prev, </2>; rel=next\r\n",
        "/2"},
    {"Link: </1>; title=\"\\\", \"; rel=first, </2>; rel=next\r\n", "/2"},
    /* One header with several links, several headers with one. */
    {"Link: </1>; rel=\"prev\", </3>; rel=\"next\", </9>; rel=\"last\"\r\n",
        "/3"},
    {"Link: </1>; rel=prev\r\nX: y\r\nLink: </3>; rel=next\r\n", "/3"},
    /* A lone CR begins no header within the value of another. */
    {"X: y\rLink: </3>; rel=next\r\n", NULL},
    {"X: y\rLink: </3>; rel=next\r\nLink: </2>; rel=next\r\n", "/2"},
    /* A relation is a list of words, without case. */
    {"Link: </2>; rel=\"last Next\"\r\n", "/2"},
    {"Link: </2>; rel=\"nextish\"\r\n", NULL},
    {"Link: </2>; rel=\"\"\r\n", NULL},
    {"Link: </2>; rel\r\n", NULL},
    {"Link: </2>\r\n", NULL},
    {"Link: </2>; Rel=\"\tNEXT  last\"\r\n", "/2"},
    {"Link: </2>; rel=\"https://a.test/next\"\r\n", NULL},
    {"Link: </2>; rel=\"n\\e\\xt\"\r\n", "/2"},
    {"Link: </2>; rel=\"next\\\"\"\r\n", NULL},
    {"Link: </2>; rel='next'\r\n", NULL},
    /* Names that only begin like it, or end. */
    {"Link: </2>; rel*=UTF-8''next\r\n", NULL},
    {"Link: </2>; title*=UTF-8'de'n%c3%a4chstes%20Kapitel; rel=next\r\n", "/2"},
    {"Link: </2>; rev=next; xrel=next\r\n", NULL},
    {"Link: </2>; hreflang=de; media=\"screen, print\"; type=text/html; "
     "rel=next\r\n",
        "/2"},
    /* Values that should have been quoted. */
    {"Link: <b>; title=Next page; rel=next\r\n", "b"},
    {"Link: <b>; title=Up, then on ; rel=next \t\r\n", "b"},
    {"Link: <a>; title=A, b; rel=prev, <b>; rel=next\r\n", "b"},
    {"Link: <b>; rel=last next\r\n", "b"},
    {"Link: <a>; rel=\"prev\" what; rel=next, <b>; rel=next\r\n", "b"},
    {"Link: <a>; title=x,,<b>; rel=next\r\n", "b"},
    /* The first rel counts. */
    {"Link: </2>; rel=prev; rel=next\r\n", NULL},
    /* A link about another page is none of this one's. */
    {"Link: </2>; rel=next; anchor=\"/other\"\r\n", NULL},
    {"Link: </2>; anchor=\"#a\"; rel=next, </3>; rel=next\r\n", "/3"},
    {"Link: </2>; rel=next; ANCHOR\r\n", NULL},
    /* Blanks, anywhere. */
    {"Link:   </2>  ;  rel  =  \"next\"  ,  </3>\r\n", "/2"},
    {"Link: , ,</2>; rel=next\r\n", "/2"},
    {"Link: </2>;; rel=next;\r\n", "/2"},
    /* Relative in every way; resolved by who fetches it. */
    {"Link: <../b?c#d>; rel=next\r\n", "../b?c#d"},
    {"Link: <//b.test/>; rel=next\r\n", "//b.test/"},
    {"Link: < /2 >; rel=next\r\n", " /2 "},
    /* What is no link. */
    {"Link: x, </2>; rel=next\r\n", NULL},
    {"Link: </1>; title=\"a\\\r\nLink: </2>; rel=next\r\n", "/2"},
    {"Link: /2; rel=next\r\n", NULL},
    {"Link: </2; rel=next\r\n", NULL},
    {"Link: </1>; rel=\"prev\r\nLink: </2>; rel=next\r\n", "/2"},
    {"Link:\r\n", NULL},
    {"Linked: </2>; rel=next\r\n", NULL},
    {"", NULL},
    {NULL, NULL},
};

START_TEST(the_next_page_is_found)
{
	const struct row *row = &rows[_i];
	struct buf target;

	buf_init(&target);
	ck_assert_int_eq(
	    link_find(row->headers, "next", &target), row->next != NULL);
	if (row->next)
		ck_assert_str_eq(target.data, row->next);
	else
		ck_assert_uint_eq(target.len, 0);
	buf_release(&target);
}
END_TEST

/* What a journal keeps. */

#define U "http://h/list?token=t"
#define L LINK_LINES
#define A LINK_AND_OTHER_LINES

static const struct kept {
	const char *headers;
	enum link_lines lines;
	const char *kept;
	bool complete;
} kept[] = {
    {NULL, A, "", true},
    {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", L, "", true},
    {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", A, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
        true},
    {"Set-Cookie: a=s\r\nX-Token:s\r\n", A,
        "Set-Cookie: ***\r\nX-Token: ***\r\n", true},
    {"Location: http://me:s@h/?sig=s\r\n", A,
        "Location: http://***@h/?sig=***\r\n", true},
    {"Set-Cookie: a=b;\r\n s\r\n\tt\r\nA: b\r\n", A,
        "Set-Cookie: ***\r\nA: b\r\n", true},
    {"Set-Cookie: a\n s\nA: b\n", A, "Set-Cookie: ***\r\nA: b\r\n", true},
    {"HTTP/1.1 302 Found\r\nCookie: s\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", A,
        "HTTP/1.1 302 Found\r\nCookie: ***\r\n\r\nHTTP/1.1 200 "
        "OK\r\n\r\n",
        true},
    {"Link: </?p=2>; rel=next\r\nA: b\r\n", L, "Link: </?p=2>; rel=next\r\n",
        true},
    {"Link: </?token=t&p=2>; rel=next\r\n", L,
        "Link: </?token=***&p=2>; rel=next\r\n", true},
    {"Link: </?token=s&p=2>; rel=next\r\n", L,
        "Link: </?token=***&p=2>; rel=next\r\n", false},
    {"Link: </?sig=s>;\r\n rel=next\r\nA: b\r\n", A,
        "Link: </?sig=***>;\r\n rel=next\r\nA: b\r\n", false},
    {"Link: <http://me:s@h/>; rel=next", A,
        "Link: <http://***@h/>; rel=next\r\n", false},
    {"A: b\r", A, "A: b\r\n", true},
};

START_TEST(secrets_are_not_kept)
{
	const struct kept *x = &kept[_i];
	struct buf out = {0};

	ck_assert_int_eq(
	    link_hide_secrets(&out, x->headers, U, x->lines), x->complete);
	ck_assert_str_eq(buf_text(&out), x->kept);
	buf_release(&out);
}
END_TEST

START_TEST(secrets_come_back_from_the_pages_own_url)
{
	struct buf out = {0};

	link_restore_secrets(&out,
	    "Link: </?token=***&p=2>; rel=next, </?sig=***>; rel=last\r\n", U);
	ck_assert_str_eq(buf_text(&out),
	    "Link: </?token=t&p=2>; rel=next, </?sig=***>; rel=last\r\n");
	buf_release(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("link");
	TCase *tc = tcase_create("header");

	tcase_add_loop_test(
	    tc, the_next_page_is_found, 0, (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_loop_test(
	    tc, secrets_are_not_kept, 0, (int)(sizeof(kept) / sizeof(*kept)));
	tcase_add_test(tc, secrets_come_back_from_the_pages_own_url);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
