/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines as tables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/cli.h"

enum colour { GREEN, RED, BLUE };

struct everything {
	bool flag;
	enum colour colour;
	const char *text, *maybe, *word;
	int choice;
	unsigned int count;
	uint64_t number, bytes, time_us;
};

#define AT(member, of) CLI_AT(struct everything, member, of)

static const char *const words[] = { "slow", "fast", NULL };

static const struct cli_option rows[] = {
	{ 'f', "--flag", NULL, "a flag", cli_flag, AT(flag, bool) },
	{ 0, "--blue", NULL, "set a number", cli_set, AT(colour, enum colour), .min = BLUE },
	{ 't', "--text", "TEXT", "any text", cli_text, AT(text, const char *) },
	{ 0, "--maybe", "[=TEXT]", "with a text or without", cli_text, AT(maybe, const char *) },
	{ 0, "--word", "WORD", "one of two", cli_one_of, AT(word, const char *), .words = words },
	{ 0, "--choice", "slow|fast", "the place of one of two", cli_choice, AT(choice, int),
	  .min = 1, .words = words },
	{ 'c', "--count", "N", "how many", cli_count, AT(count, unsigned int), .min = 2,
	  .max = 1000 },
	{ 0, "--number", "N", "any number", cli_number, AT(number, uint64_t) },
	{ 0, "--bytes", "SIZE", "how large", cli_bytes, AT(bytes, uint64_t), .min = 4096 },
	{ 0, "--time-that-is-left-to-it", "TIME",
	  "how long, in many words: they go on below themselves where the line is at its end",
	  cli_time, AT(time_us, uint64_t) },
	{ 0, "--hidden", NULL, NULL, cli_flag, AT(flag, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "try",
	.usage = "Usage: hangar try\n",
	.exits = "Exit: 0\n",
	.options = rows,
	.words_min = 1,
	.words_max = 2,
	.wanted = "a thing",
};

static FILE *said; /* what went to the one standard file that is caught */
static int kept_fd;

static void catch_words(int fd)
{
	said = tmpfile();
	assert_non_null(said);
	fflush(NULL);
	kept_fd = dup(fd);
	dup2(fileno(said), fd);
}

static const char *caught_words(int fd, char *buf, size_t size)
{
	size_t n;

	fflush(NULL);
	dup2(kept_fd, fd);
	close(kept_fd);
	rewind(said);
	n = fread(buf, 1, size - 1, said);
	buf[n] = '\0';
	fclose(said);
	return buf;
}

static int parse(const char *line, struct everything *to, char ***ret_words)
{
	static char text[512];
	static char *argv[24];
	int argc = 0;

	snprintf(text, sizeof(text), "try %s", line);
	for (char *w = strtok(text, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	*to = (struct everything){ .number = 7 };
	return cli_parse(&cli, argc, argv, to, ret_words);
}

static void each_option_goes_to_its_place(void **state)
{
	struct everything e;
	char **left;

	assert_int_equal(parse("a --blue -f --text=x --word fast --choice fast -c 3 --bytes 4K "
			       "--number 18446744073709551615 --time-that 5s b --maybe=y",
			       &e, &left),
			 0);
	assert_true(e.flag && e.colour == BLUE && e.choice == 2 && e.count == 3);
	assert_string_equal(e.text, "x");
	assert_string_equal(e.word, "fast");
	assert_string_equal(e.maybe, "y");
	assert_true(e.number == UINT64_MAX && e.bytes == 4096 && e.time_us == 5000000);
	assert_string_equal(left[0], "a");
	assert_string_equal(left[1], "b");
	assert_null(left[2]);
}

static void what_is_not_said_stays_as_it_was(void **state)
{
	struct everything e;

	assert_int_equal(parse("a", &e, NULL), 0);
	assert_true(!e.flag && !e.text && !e.maybe && e.number == 7 && e.colour == GREEN);
}

static void a_value_that_may_be_left_out_is_empty_then(void **state)
{
	struct everything e;

	assert_int_equal(parse("--maybe a", &e, NULL), 0);
	assert_string_equal(e.maybe, "");
}

static void letters_may_stand_together_and_words_behind_two_dashes(void **state)
{
	struct everything e;
	char **left;

	assert_int_equal(parse("-fc5 -- --flag", &e, &left), 0);
	assert_true(e.flag && e.count == 5);
	assert_string_equal(left[0], "--flag");
}

static void what_is_wrong_is_told_in_one_line(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{ "", "name a thing" },
		{ "a b c", "one argument too many: c" },
		{ "--nothing a", "no option --nothing" },
		{ "-fx a", "no option -x" },
		{ "a --text", "a value is missing behind --text" },
		{ "a -c", "a value is missing behind --count" },
		{ "--flag=3 a", "--flag takes no value" },
		{ "--word green a", "--word green: one of slow, fast" },
		{ "--choice green a", "--choice green: one of slow, fast" },
		{ "--count 1 a", "--count 1: 2 to 1000 are possible" },
		{ "--count 1001 a", "--count 1001: 2 to 1000 are possible" },
		{ "--count x a", "--count x: a plain number is wanted" },
		{ "--number -1 a", "--number -1: a plain number is wanted" },
		{ "--bytes 12 a", "--bytes 12: " },
		{ "--bytes 1K a", "--bytes 1K: 4K at the least" },
		{ "--time 5 a", "--time-that-is-left-to-it 5: " },
		{ "--time 0s a", "--time-that-is-left-to-it 0s: must be longer than nothing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct everything e;
		char text[512];
		int r;

		catch_words(STDERR_FILENO);
		r = parse(cases[i].line, &e, NULL);
		caught_words(STDERR_FILENO, text, sizeof(text));
		assert_int_equal(r, -EINVAL);
		if (!strstr(text, cases[i].said))
			fail_msg("%s: %s", cases[i].line, text);
		assert_int_equal(strncmp(text, "hangar try: ", 12), 0);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	}
}

static void help_is_made_from_the_rows(void **state)
{
	static const char expected[] =
		"Usage: hangar try\n"
		"\n"
		"  -f, --flag              a flag\n"
		"      --blue              set a number\n"
		"  -t, --text TEXT         any text\n"
		"      --maybe[=TEXT]      with a text or without\n"
		"      --word WORD         one of two\n"
		"      --choice slow|fast  the place of one of two\n"
		"  -c, --count N           how many\n"
		"      --number N          any number\n"
		"      --bytes SIZE        how large\n"
		"      --time-that-is-left-to-it TIME\n"
		"                          how long, in many words: they go on below themselves\n"
		"                          where the line is at its end\n"
		"  -h, --help              print this text\n"
		"\n"
		"Exit: 0\n";
	struct everything e;
	char text[2048];
	int r;

	catch_words(STDOUT_FILENO);
	r = parse("--help", &e, NULL);
	caught_words(STDOUT_FILENO, text, sizeof(text));
	assert_int_equal(r, 1);
	assert_string_equal(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_goes_to_its_place),
		cmocka_unit_test(what_is_not_said_stays_as_it_was),
		cmocka_unit_test(a_value_that_may_be_left_out_is_empty_then),
		cmocka_unit_test(letters_may_stand_together_and_words_behind_two_dashes),
		cmocka_unit_test(what_is_wrong_is_told_in_one_line),
		cmocka_unit_test(help_is_made_from_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
