#include "config.h"

#include "xml/charset.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "unit.h"
#include "xml/encoding.h"

static const struct {
	const char *body, *type, *text;
} charsets[] = {
    {"caf\xc3\xa9", NULL, "caf\xc3\xa9"},
    {"caf\xe9 \x80", NULL, "caf\xc3\xa9 \xe2\x82\xac"},
    {"caf\xe9", "text/html; charset=ISO-8859-1", "caf\xc3\xa9"},
    {"caf\xc3\xa9", "text/html; charset=\"utf-8\"", "caf\xc3\xa9"},
    {"caf\xe9!", "text/html; charset=utf-8", "caf\xef\xbf\xbd!"},
    {"caf\xe9", "text/html; charset=nonsense", "caf\xc3\xa9"},
    {"\x93\xfa\x96\x7b", "text/html;charset=Shift_JIS",
        "\xe6\x97\xa5\xe6\x9c\xac"},
    {"\x87\x40", "text/html; Charset=x-sjis", "\xe2\x91\xa0"},
    {"\xc6\xfc\xcb\xdc", "text/html; charset=EUC-JP",
        "\xe6\x97\xa5\xe6\x9c\xac"},
    {"<!-- <meta charset=utf-8> --><META charset='euc-jp'>\xc6\xfc",
        "text/html",
        "<!-- <meta charset=utf-8> --><META charset='euc-jp'>\xe6\x97\xa5"},
    {"<meta charset=utf-16>\xc3\xa9", NULL, "<meta charset=utf-16>\xc3\xa9"},
    {"<meta charset=latin1>\xc3\xa9", "text/html; charset=utf-8",
        "<meta charset=latin1>\xc3\xa9"},
    {"\xef\xbb\xbf\xc3\xa9", "text/html; charset=latin1", "\xc3\xa9"},
    {"\x93\xfa\x96", "text/html; charset=shift_jis",
        "\xe6\x97\xa5\xef\xbf\xbd"},
    {"<meta charset", NULL, "<meta charset"},
    {"<meta charset=", NULL, "<meta charset="},
    /* Every encoding, by one of its labels. */
    {"\xe4", "text/html; charset=CP866", "\xd1\x84"},
    {"\xb1", "text/html; charset=iso8859-2", "\xc4\x85"},
    {"\xb1", "text/html; charset=L3", "\xc4\xa7"},
    {"\xa2", "text/html; charset=csISOLatin4", "\xc4\xb8"},
    {"\xe4", "text/html; charset=cyrillic", "\xd1\x84"},
    {"\xc7", "text/html; charset=ECMA-114", "\xd8\xa7"},
    {"\xe1", "text/html; charset=sun_eu_greek", "\xce\xb1"},
    {"\xe0", "text/html; charset=visual", "\xd7\x90"},
    {"\xe0", "text/html; charset=logical", "\xd7\x90"},
    {"\xa2", "text/html; charset=iso-ir-157", "\xc4\x92"},
    {"\xb8", "text/html; charset=iso885913", "\xc3\xb8"},
    {"\xa1", "text/html; charset=iso8859-14", "\xe1\xb8\x82"},
    {"\xa4", "text/html; charset=L9", "\xe2\x82\xac"},
    {"\xaa", "text/html; charset=iso-8859-16", "\xc8\x98"},
    {"\xc6", "text/html; charset=koi", "\xd1\x84"},
    {"\xae\xbe", "text/html; charset=koi8-ru", "\xd1\x9e\xd0\x8e"},
    {"\xc6\xf0\xdb", "text/html; charset=x-mac-roman",
        "\xe2\x88\x86\xef\xa3\xbf\xe2\x82\xac"},
    {"\xa1\x80\x81\xdb", "text/html; charset=tis-620",
        "\xe0\xb8\x81\xe2\x82\xac\xc2\x81\xef\xbf\xbd"},
    {"\xb9", "text/html; charset=x-cp1250", "\xc4\x85"},
    {"\xf4", "text/html; charset=windows-1251", "\xd1\x84"},
    {"\x80\x81", "text/html; charset=ansi_x3.4-1968", "\xe2\x82\xac\xc2\x81"},
    {"\xe1\xaa", "text/html; charset=cp1253", "\xce\xb1\xef\xbf\xbd"},
    {"\x80\xf0", "text/html; charset=iso-8859-9", "\xe2\x82\xac\xc4\x9f"},
    {"\xe0", "text/html; charset=cp1255", "\xd7\x90"},
    {"\xc7", "text/html; charset=cp1256", "\xd8\xa7"},
    {"\xe0", "text/html; charset=cp1257", "\xc4\x85"},
    /* A letter and its mark stay two. */
    {"a\xec\xf5", "text/html; charset=cp1258", "a\xcc\x81\xc6\xa1"},
    {"\xf4\xff", "text/html; charset=x-mac-ukrainian", "\xd1\x84\xe2\x82\xac"},
    {"\xba\xba\x80", "text/html; charset=iso-ir-58",
        "\xe6\xb1\x89\xe2\x82\xac"},
    {"\x94\x39\xda\x33", "text/html; charset=gb18030", "\xf0\x9f\x92\xa9"},
    {"\xba\x7e", "text/html; charset=x-x-big5", "\xe6\xbc\xa2"},
    {"\x1b$B$\"\x1b(B!", "text/html; charset=csISO2022JP", "\xe3\x81\x82!"},
    {"\xc7\xd1", "text/html; charset=korean", "\xed\x95\x9c"},
    {"\xe4", "text/html; charset=x-user-defined", "\xef\x9f\xa4"},
    {"<p>x", "text/html; charset=iso-2022-kr", "\xef\xbf\xbd"},
    {"", "text/html; charset=hz-gb-2312", ""},
    {"\xe5\x65", "text/html; charset=ucs-2", "\xe6\x97\xa5"},
    {"\x65\xe5", "text/html; charset=unicodefffe", "\xe6\x97\xa5"},
    /* Half of a pair: what follows is in step. */
    {"\x01\xd8\xe5\x65", "text/html; charset=utf-16",
        "\xef\xbf\xbd\xe6\x97\xa5"},
    {"\xc3\xa9", "text/html; charset=unicode-1-1-utf-8", "\xc3\xa9"},
    /* No labels: iconv knows them. */
    {"+AOk-", "text/html; charset=utf-7", "+AOk-"},
    {"caf\xc3\xa9", "text/html; charset=cp437", "caf\xc3\xa9"},
    {"caf\xc3\xa9", "text/html; charset=latin1//TRANSLIT", "caf\xc3\xa9"},
    {"caf\xc3\xa9", "text/html; charset=", "caf\xc3\xa9"},
    /* Where it stands in a Content-Type. */
    {"\xb1", "text/html; x-charset=utf-8; charset = 'latin2' ; a=b",
        "\xc4\x85"},
    {"\xb1", "text/html;charset=latin2;charset=utf-8", "\xc4\x85"},
    {"caf\xc3\xa9", "text/charset=latin2", "caf\xc3\xa9"},
    {"", "text/html; charset=shift_jis", ""},
};

START_TEST(a_page_becomes_utf8)
{
	size_t len = strlen(charsets[_i].body);
	struct buf room;
	const char *text;

	buf_init(&room);
	text =
	    charset_decode(&room, charsets[_i].body, &len, charsets[_i].type);
	ck_assert_uint_eq(len, strlen(charsets[_i].text));
	ck_assert_mem_eq(text, charsets[_i].text, len);
	buf_release(&room);
}
END_TEST

/*
 * The Encoding Standard, 4.2: all 228 labels, grouped by their 40 encodings,
 * and bytes that read differently in (almost) every other one.
 */
static const struct {
	const char *labels, *bytes, *text;
} standard[] = {
    {"unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
     "x-unicode20utf8",
        "\xc3\xa9\xff", "\xc3\xa9\xef\xbf\xbd"},
    {"866 cp866 csibm866 ibm866", "\xe4", "\xd1\x84"},
    {"csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
     "iso_8859-2:1987 l2 latin2",
        "\xb1", "\xc4\x85"},
    {"csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
     "iso_8859-3:1988 l3 latin3",
        "\xb1", "\xc4\xa7"},
    {"csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
     "iso_8859-4:1988 l4 latin4",
        "\xa2", "\xc4\xb8"},
    {"csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 "
     "iso88595 iso_8859-5 iso_8859-5:1988",
        "\xe4", "\xd1\x84"},
    {"arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
     "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
     "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
        "\xc7", "\xd8\xa7"},
    {"csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
     "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
     "sun_eu_greek",
        "\xa4\xe1", "\xe2\x82\xac\xce\xb1"},
    {"csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
     "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual",
        "\xdf\xe0", "\xe2\x80\x97\xd7\x90"},
    {"csiso88598i iso-8859-8-i logical", "\xdf\xe0", "\xe2\x80\x97\xd7\x90"},
    {"csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
     "latin6",
        "\xa2", "\xc4\x92"},
    {"iso-8859-13 iso8859-13 iso885913", "\xa1", "\xe2\x80\x9d"},
    {"iso-8859-14 iso8859-14 iso885914", "\xa1", "\xe1\xb8\x82"},
    {"csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9", "\xa4",
        "\xe2\x82\xac"},
    {"iso-8859-16", "\xaa", "\xc8\x98"},
    {"cskoi8r koi koi8 koi8-r koi8_r", "\xc6\xae", "\xd1\x84\xe2\x95\x9d"},
    {"koi8-ru koi8-u", "\xc6\xae", "\xd1\x84\xd1\x9e"},
    {"csmacintosh mac macintosh x-mac-roman", "\xdb", "\xe2\x82\xac"},
    {"dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874", "\xa1\x80",
        "\xe0\xb8\x81\xe2\x82\xac"},
    {"cp1250 windows-1250 x-cp1250", "\xb9\x80", "\xc4\x85\xe2\x82\xac"},
    {"cp1251 windows-1251 x-cp1251", "\xf4\x88", "\xd1\x84\xe2\x82\xac"},
    {"ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 "
     "iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 "
     "latin1 us-ascii windows-1252 x-cp1252",
        "\xc2\x80", "\xc3\x82\xe2\x82\xac"},
    {"cp1253 windows-1253 x-cp1253", "\xe1\x80", "\xce\xb1\xe2\x82\xac"},
    {"cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
     "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
        "\xf0\x80", "\xc4\x9f\xe2\x82\xac"},
    {"cp1255 windows-1255 x-cp1255", "\xe0\x80", "\xd7\x90\xe2\x82\xac"},
    {"cp1256 windows-1256 x-cp1256", "\xc7\x80", "\xd8\xa7\xe2\x82\xac"},
    {"cp1257 windows-1257 x-cp1257", "\xe0\x80", "\xc4\x85\xe2\x82\xac"},
    {"cp1258 windows-1258 x-cp1258", "\xf5\x80", "\xc6\xa1\xe2\x82\xac"},
    {"x-mac-cyrillic x-mac-ukrainian", "\xf4\xff", "\xd1\x84\xe2\x82\xac"},
    {"chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk "
     "iso-ir-58 x-gbk",
        "\xba\xba", "\xe6\xb1\x89"},
    {"gb18030", "\x94\x39\xda\x33", "\xf0\x9f\x92\xa9"},
    {"big5 big5-hkscs cn-big5 csbig5 x-x-big5", "\xba\x7e", "\xe6\xbc\xa2"},
    {"cseucpkdfmtjapanese euc-jp x-euc-jp", "\xc6\xfc", "\xe6\x97\xa5"},
    {"csiso2022jp iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82"},
    {"csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j "
     "x-sjis",
        "\x93\xfa\x87\x40", "\xe6\x97\xa5\xe2\x91\xa0"},
    {"cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
     "ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
        "\xc7\xd1\x81\x41", "\xed\x95\x9c\xea\xb0\x82"},
    {"csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr "
     "replacement",
        "<p>", "\xef\xbf\xbd"},
    {"unicodefffe utf-16be", "\x65\xe5", "\xe6\x97\xa5"},
    {"csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "
     "utf-16le",
        "\xe5\x65", "\xe6\x97\xa5"},
    {"x-user-defined", "\xe4", "\xef\x9f\xa4"},
};

/* A Content-Type that names the charset `label` decodes the bytes of row `i`
 * to its text. */
static void
assert_decodes(size_t i, const char *label)
{
	char *type = xasprintf("text/html; charset=\"%s\"", label);
	size_t len = strlen(standard[i].bytes);
	struct buf room;
	const char *text;

	buf_init(&room);
	text = charset_decode(&room, standard[i].bytes, &len, type);
	ck_assert_msg(len == strlen(standard[i].text) &&
	                  memcmp(text, standard[i].text, len) == 0,
	    "%s: %.*s", label, (int)len, text);
	buf_release(&room);
	free(type);
}

START_TEST(every_label_of_the_standard_names_its_encoding)
{
	char *labels = xstrdup(standard[_i].labels), *rest = labels, *label;
	const struct encoding *first = NULL;

	while ((label = strsep(&rest, " "))) {
		char *loud = xasprintf(" \t%s\n ", label);
		const struct encoding *e =
		    encoding_of_label(label, strlen(label));

		ck_assert_msg(e != NULL, "%s", label);
		first = first ? first : e;
		ck_assert_msg(e == first, "%s", label);
		for (char *c = loud; *c; c++)
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
		ck_assert_msg(
		    encoding_of_label(loud, strlen(loud)) == e, "%s", loud);
		assert_decodes((size_t)_i, label);
		free(loud);
	}
	free(labels);
}
END_TEST

START_TEST(the_standard_has_228_labels)
{
	size_t labels = 0;

	for (size_t i = 0; i < sizeof(standard) / sizeof(*standard); i++) {
		labels++;
		for (const char *c = standard[i].labels; *c; c++)
			labels += *c == ' ';
	}
	ck_assert_uint_eq(labels, 228);
}
END_TEST

/* iconv knows them; a server must not choose which of its modules run. */
START_TEST(what_is_no_label_names_nothing)
{
	static const char *const others[] = {
	    "utf-7",
	    "utf-32",
	    "cp437",
	    "ebcdic-us",
	    "latin1//translit",
	    "cp1252 cp819",
	    "latin1\xa0",
	    "",
	    " ",
	    "-",
	    "8859-1",
	    "utf",
	    "iso",
	    "a-label-that-is-longer-than-any-that-the-standard-has",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!encoding_of_label(others[i], strlen(others[i])),
		    "%s", others[i]);
	ck_assert_ptr_null(encoding_of_label("utf-8\0", 6));
}
END_TEST

START_TEST(nul_and_utf16_are_no_obstacles)
{
	struct buf room;
	size_t len = 3;

	buf_init(&room);
	ck_assert_str_eq(charset_decode(&room, "a\0b", &len, NULL),
	    "a\xef\xbf\xbd"
	    "b");
	len = 6;
	ck_assert_str_eq(charset_decode(&room,
	                     "\xff\xfe\xe5\x65"
	                     "a\0",
	                     &len, NULL),
	    "\xe6\x97\xa5"
	    "a");
	buf_release(&room);
}
END_TEST

#define PRAGMA "http-equiv=\"content-TYPE\""

/* What stands in front of a byte that is a letter in ISO-8859-2 only; the
 * charset that was found. */
static const struct {
	const char *page;
	bool latin2;
} metas[] = {
    {"<meta charset=latin2>", true},
    {"<META\tCharSet = ' Latin2 '\n/>", true},
    {"<meta/charset=latin2>", true},
    {"<meta name=a charset=\"latin2\" content=b>", true},
    {"<meta charset=nonsense><meta charset=latin2>", true},
    {"<meta charset=nonsense charset=latin2>", false},
    {"<metacharset=latin2>", false},
    {"<meta a='charset=latin2'>", false},
    {"<meta name=description content='charset=latin2'>", false},
    {"<meta content='charset=latin2'>", false},
    {"<meta " PRAGMA " content='text/html; charset=latin2'>", true},
    {"<meta content='text/html; charset=latin2' " PRAGMA ">", true},
    {"<meta " PRAGMA " content='a charset charset = \"latin2\" b'>", true},
    {"<meta " PRAGMA " content=\"text/html; charset='latin2'\">", true},
    {"<meta " PRAGMA " content='charset=latin2;x'>", true},
    {"<meta http-equiv=refresh content='charset=latin2'>", false},
    {"<meta " PRAGMA ">", false},
    {"<meta " PRAGMA " content='charset='>", false},
    {"<!-- <meta charset=utf-8> --><meta charset=latin2>", true},
    {"<!--><meta charset=latin2>", true},
    {"<!-- <meta charset=latin2>", false},
    {"<p title='<meta charset=latin2>'>", false},
    {"<p title=\"a>b\"><meta charset=latin2>", true},
    {"</p a='<meta charset=latin2>'>", false},
    {"<!doctype html><meta charset=latin2>", true},
    {"<?php <meta charset=latin2>?>", false},
    {"< meta charset=latin2>", false},
    {"a <meta", false},
    {"<meta ", false},
    {"<meta charset", false},
    {"<meta charset=", false},
    {"<meta charset='latin2", false},
    {"<p a='", false},
};

START_TEST(a_page_says_its_charset_in_meta_alone)
{
	size_t len = strlen(metas[_i].page) + 1;
	char *page = xasprintf("%s\xb1", metas[_i].page);
	struct buf room;
	const char *text;

	buf_init(&room);
	text = charset_decode(&room, page, &len, NULL);
	ck_assert_msg(
	    (strstr(text, "\xc4\x85") != NULL) == metas[_i].latin2, "%s", page);
	buf_release(&room);
	free(page);
}
END_TEST

START_TEST(xml_declares_what_iconv_can_read)
{
	static const struct {
		const char *text, *name;
	} declarations[] = {
	    {"<?xml version='1.0' encoding='x-sjis'?><a/>", "CP932"},
	    {"<?xml version=\"1.0\" encoding=\"L2\" ?>", "ISO-8859-2"},
	    {"<?xml encoding=\"utf-8\"?>", NULL},
	    {"<?xml encoding=\"utf-16\"?>", NULL},
	    {"<?xml encoding=\"nonsense\"?>", NULL},
	    {"<?xml version='1.0'?><a encoding='l2'/>", NULL},
	    {"<?xml encoding='l2", NULL},
	    {"<?xml encoding=", NULL},
	    {"<?xml encoding=>", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < sizeof(declarations) / sizeof(*declarations);
	     i++) {
		const char *text = declarations[i].text;

		ck_assert_pstr_eq(charset_of_declaration(text, strlen(text)),
		    declarations[i].name);
	}
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *s = suite_create("charset");
	TCase *t = tcase_create("charset");

	ADD_LOOP(t, a_page_becomes_utf8, charsets);
	ADD_LOOP(t, every_label_of_the_standard_names_its_encoding, standard);
	tcase_add_test(t, the_standard_has_228_labels);
	tcase_add_test(t, what_is_no_label_names_nothing);
	ADD_LOOP(t, a_page_says_its_charset_in_meta_alone, metas);
	tcase_add_test(t, nul_and_utf16_are_no_obstacles);
	tcase_add_test(t, xml_declares_what_iconv_can_read);
	suite_add_tcase(s, t);
	return unit_run(s);
}
