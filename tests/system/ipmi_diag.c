/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipmi_sim knows every chassis command but the one that matters here: it answers "pulse diagnostic
 * interrupt" with an error. This module (loadlib in its configuration) takes the command over: the
 * program named in its options is run with the word "diag", and says by its exit code whether it
 * was done. All other commands stay ipmi_sim's.
 */
#include <OpenIPMI/ipmi_err.h>
#include <OpenIPMI/ipmi_msgbits.h>
#include <OpenIPMI/mcserv.h>
#include <OpenIPMI/msg.h>
#include <OpenIPMI/serv.h>

#include <stdio.h>
#include <stdlib.h>

#define PULSE_DIAG 4

extern cmd_handler_f chassis_netfn_handlers[256];

int ipmi_sim_module_print_version(sys_data_t *sys, char *options);
int ipmi_sim_module_init(sys_data_t *sys, char *options);

static cmd_handler_f others;
static char command[4096];

static void control(lmc_data_t *mc, msg_t *msg, unsigned char *rdata, unsigned int *rdata_len,
		    void *cb_data)
{
	if (msg->len < 1 || (msg->data[0] & 0xf) != PULSE_DIAG) {
		others(mc, msg, rdata, rdata_len, cb_data);
		return;
	}
	rdata[0] = system(command) ? IPMI_UNKNOWN_ERR_CC : 0;
	*rdata_len = 1;
}

int ipmi_sim_module_print_version(sys_data_t *sys, char *options)
{
	puts("ipmi_diag");
	return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, char *options)
{
	snprintf(command, sizeof(command), "%s diag", options);
	others = chassis_netfn_handlers[IPMI_CHASSIS_CONTROL_CMD];
	chassis_netfn_handlers[IPMI_CHASSIS_CONTROL_CMD] = control;
	return 0;
}
