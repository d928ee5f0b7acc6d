/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every command of the program: argv[0] is the command's name; the return value is the exit code.
 */
#ifndef HANGAR_COMMANDS_H
#define HANGAR_COMMANDS_H

int run_main(int argc, char **argv);
int check_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int list_main(int argc, char **argv);
int stressors_main(int argc, char **argv);
int report_main(int argc, char **argv);
int collect_main(int argc, char **argv);
int observe_main(int argc, char **argv);
int clean_main(int argc, char **argv);
int kernel_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int vm_main(int argc, char **argv);
int rehearse_main(int argc, char **argv);
int canary_main(int argc, char **argv);
int vmcore_main(int argc, char **argv);
int triage_main(int argc, char **argv);

#endif
