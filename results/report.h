/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar report`: the faces of a run, made from its directory at any time, on any machine. */
#ifndef HANGAR_REPORT_H
#define HANGAR_REPORT_H

/**
 * report_main - hangar report [--json] [--stdout] DIR...
 *
 * Writes result.json, junit.xml, ktap.txt and report.txt into each run directory and prints its
 * verdict and the path of report.txt; a directory that cannot be written gets its page on standard
 * output instead.
 *
 * Returns 0, whatever the verdicts; 128 (EXIT_BROKEN) for bad usage and when a directory cannot be
 * read.
 */
int report_main(int argc, char **argv);

#endif
