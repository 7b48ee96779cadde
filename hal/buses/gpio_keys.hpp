#pragma once
// Keys that every driver of GPIO lines has, and what is asked of the kernel by them.

#include <array>
#include <string>
#include <string_view>

#include "core/key.hpp"
#include "hal/buses/gpio_line.hpp"
#include "hal/settings.hpp"

namespace sluice::hal {

// In the order of GpioBias.
inline constexpr std::array kGpioBiases{std::string_view("as-is"), std::string_view("pull-up"),
                                        std::string_view("pull-down"),
                                        std::string_view("disabled")};

inline constexpr Key kGpioChipKey = {
    .name = "chip",
    .type = KeyType::kText,
    .required = true,
    .example = "chip = \"pinctrl-bcm2711\"",
    .low = 1,
    .high = 128,
    .meaning =
        "The chip's label as `gpiodetect` shows it, which stays, or its device file, such "
        "as `gpiochip0`. Call a chip the same everywhere."};
inline constexpr Key kGpioLineKey = {
    .name = "line",
    .type = KeyType::kText,
    .required = true,
    .example = "line = \"17\"",
    .low = 1,
    .high = 64,
    .meaning =
        "Number of the line on the chip, or its name as `gpioinfo` shows it, such as "
        "`GPIO17`; a text in both cases."};
inline constexpr Key kGpioActiveLowKey = {
    .name = "active_low",
    .type = KeyType::kFlag,
    .fallback = "false",
    .meaning = "Turns levels and edges round: 0 V is 1, and a falling voltage a rising edge."};
inline constexpr Key kGpioBiasKey = {.name = "bias",
                                     .type = KeyType::kChoice,
                                     .fallback = "\"as-is\"",
                                     .choices = kGpioBiases,
                                     .meaning = "Resistor inside the chip, where it has one."};

// REQUIRES: `settings` has these four keys.
GpioRequest gpio_request(const Settings& settings);
// "gpio:CHIP line LINE".
std::string gpio_address(const Settings& settings);

}  // namespace sluice::hal
