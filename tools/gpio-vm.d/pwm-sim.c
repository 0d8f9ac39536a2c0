// SPDX-License-Identifier: GPL-2.0
/*
 * A PWM chip whose channels live in memory, for tests: what gpio-sim is to GPIO. What is driven is seen in
 * /sys/kernel/debug/pwm, and each change by the trace event pwm:pwm_apply.
 *
 *   modprobe pwm-sim device=3f20c000.pwm channels=2
 *
 * /sys/class/pwm/pwmchipN/device is then the platform device of that name, as the boards' profiles call it.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pwm.h>
#include <linux/version.h>

#define MOST_CHANNELS 8

static char *device = "pwm-sim";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "name of the platform device");

static unsigned int channels = 4;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "number of channels, at most 8");

static struct pwm_state driven[MOST_CHANNELS];
static struct platform_device *parent;

static int sim_apply(struct pwm_chip *chip, struct pwm_device *pwm, const struct pwm_state *state)
{
	/* As most chips: nothing runs without a period, and a pulse fits into it. */
	if (state->enabled && (state->period == 0 || state->duty_cycle > state->period))
		return -EINVAL;
	driven[pwm->hwpwm] = *state;
	return 0;
}

/* Kernel 6.2's signature, which the later 6.1.y have as well. */
static int sim_get_state(struct pwm_chip *chip, struct pwm_device *pwm, struct pwm_state *state)
{
	*state = driven[pwm->hwpwm];
	return 0;
}

static const struct pwm_ops ops = {
	.apply = sim_apply,
	.get_state = sim_get_state,
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	.owner = THIS_MODULE,
#endif
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
static struct pwm_chip *chip;

static int add_chip(void)
{
	chip = pwmchip_alloc(&parent->dev, channels, 0);
	if (IS_ERR(chip))
		return PTR_ERR(chip);
	chip->ops = &ops;
	return pwmchip_add(chip);
}

static void remove_chip(void)
{
	pwmchip_remove(chip);
	pwmchip_put(chip);
}
#else
static struct pwm_chip chip;

static int add_chip(void)
{
	chip.dev = &parent->dev;
	chip.ops = &ops;
	chip.npwm = channels;
	return pwmchip_add(&chip);
}

static void remove_chip(void)
{
	pwmchip_remove(&chip);
}
#endif

static int __init sim_init(void)
{
	int error;

	if (channels == 0 || channels > MOST_CHANNELS)
		return -EINVAL;
	parent = platform_device_register_simple(device, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	error = add_chip();
	if (error)
		platform_device_unregister(parent);
	return error;
}

static void __exit sim_exit(void)
{
	remove_chip();
	platform_device_unregister(parent);
}

module_init(sim_init);
module_exit(sim_exit);
MODULE_DESCRIPTION("PWM channels in memory");
MODULE_LICENSE("GPL");
