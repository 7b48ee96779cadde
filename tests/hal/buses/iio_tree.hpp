#pragma once
// Files like those of an IIO device with a buffer: sysfs, and a pipe for what it samples. Elements
// of 16 bits, in the order they are given in, and a time stamp behind them.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.hpp"
#include "hal/small_file.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::hal {

class IioTree {
 public:
  IioTree() = default;
  IioTree(const IioTree&) = delete;
  IioTree& operator=(const IioTree&) = delete;
  ~IioTree() {
    for (const auto& [number, pipe] : pipes_) ::close(pipe);
  }

  std::string sysfs() const { return folder_.path_of("sys"); }
  std::string dev() const { return folder_.path_of("dev"); }

  void plug(int number, const std::string& name, const std::vector<std::string>& elements) {
    put(number, "name", name + "\n");
    int index = 0;
    for (const std::string& element : elements) add(number, element, index++, "le:s16/16>>0");
    add(number, "in_timestamp", index, "le:s64/64>>0");
    put(number, "buffer/enable", "0\n");
    put(number, "buffer/length", "2\n");
    put(number, "trigger/current_trigger", "\n");
    folder_.write("dev/keep", "");
    const std::string path = folder_.path_of("dev/" + node(number));
    CHECK(::mkfifo(path.c_str(), 0600) == 0);
    // Both ends, so that it never looks closed.
    pipes_[number] = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    CHECK(pipes_[number] >= 0);
  }
  void unplug(int number) {
    ::close(pipes_.at(number));
    pipes_.erase(number);
    folder_.remove("dev/" + node(number));
    folder_.remove("sys/bus/iio/devices/" + node(number));
  }
  void put(int number, const std::string& file, const std::string& text) {
    folder_.write("sys/bus/iio/devices/" + node(number) + "/" + file, text);
  }
  std::string read(int number, const std::string& file) const {
    const std::string path = sysfs() + "/bus/iio/devices/" + node(number) + "/" + file;
    return std::string(trimmed(read_small_file(path).value()));
  }
  void sample(int number, const std::vector<std::vector<int>>& scans) {
    std::vector<std::uint8_t> all;
    for (const std::vector<int>& scan : scans) {
      for (const int value : scan) {
        all.push_back(static_cast<std::uint8_t>(value));
        all.push_back(static_cast<std::uint8_t>(value >> 8));
      }
    }
    bytes(number, all);
  }
  void bytes(int number, const std::vector<std::uint8_t>& all) {
    CHECK(::write(pipes_.at(number), all.data(), all.size()) == static_cast<ssize_t>(all.size()));
  }

 private:
  static std::string node(int number) { return "iio:device" + std::to_string(number); }
  void add(int number, const std::string& name, int index, const char* type) {
    put(number, "scan_elements/" + name + "_en", "0\n");
    put(number, "scan_elements/" + name + "_index", std::to_string(index) + "\n");
    put(number, "scan_elements/" + name + "_type", std::string(type) + "\n");
  }

  TemporaryFolder folder_;
  std::map<int, int> pipes_;
};

}  // namespace sluice::hal
