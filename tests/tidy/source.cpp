#include "tests/tidy/source.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

namespace sluice::tidy {
namespace {

bool is_identifier(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Blanks what the compiler does not read as code, and keeps every line end.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string run() && {
    while (at_ < text_.size()) step();
    return std::move(text_);
  }

 private:
  void step() {
    if (starts_with("//")) {
      blank_to(text_.find('\n', at_));
    } else if (starts_with("/*")) {
      blank_to(end_after("*/", at_ + 2));
    } else if (starts_with("R\"") && !follows_identifier()) {
      blank_raw_string();
    } else if (text_[at_] == '"' || (text_[at_] == '\'' && !follows_identifier())) {
      blank_literal(text_[at_]);
    } else {
      ++at_;  // a ' after a digit separates digits
    }
  }

  bool starts_with(std::string_view what) const {
    return text_.compare(at_, what.size(), what) == 0;
  }
  bool follows_identifier() const { return at_ > 0 && is_identifier(text_[at_ - 1]); }

  std::size_t end_after(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string::npos ? found : found + what.size();
  }

  void blank_to(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }

  // R"mark( ... )mark"
  void blank_raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string::npos) return blank_to(open);
    const std::string mark = ")" + text_.substr(at_ + 2, open - at_ - 2) + "\"";
    blank_to(end_after(mark, open));
  }

  // The quotes stay, so that the line still shows that something was there.
  void blank_literal(char quote) {
    std::size_t end = ++at_;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    blank_to(end);
    ++at_;
  }

  std::string text_;
  std::size_t at_ = 0;
};

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_build_file(const std::filesystem::path& path) {
  return path.filename() == "CMakeLists.txt" || path.extension() == ".cmake";
}

void read_folder(const std::filesystem::path& root, const std::string& folder, Tree& tree) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() == ".py") {
      tree.scripts.push_back(entry.path().lexically_relative(root).generic_string());
    }
    const bool source = entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp";
    if (!entry.is_regular_file() || !(source || is_build_file(entry.path()))) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    (source ? tree.sources : tree.builds)
        .push_back({entry.path().lexically_relative(root).generic_string(), text.str()});
  }
}

}  // namespace

Source parse(const File& file) {
  return {file.path, split_lines(file.text), split_lines(Blanker(file.text).run())};
}

std::vector<Include> includes_of(const Source& source) {
  constexpr std::string_view kDirective = "#include ";
  std::vector<Include> includes;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const std::string& line = source.lines[i];
    if (!source.code[i].starts_with(kDirective) || line.size() <= kDirective.size()) continue;
    const bool quoted = line[kDirective.size()] == '"';
    const std::size_t begin = kDirective.size() + 1;
    const std::size_t end = line.find(quoted ? '"' : '>', begin);
    includes.push_back({i + 1, line.substr(begin, end - begin), quoted});
  }
  return includes;
}

Tree read_tree(const std::filesystem::path& root) {
  Tree tree;
  for (const std::string& folder : folders()) read_folder(root, folder, tree);
  read_folder(root, "tests", tree);
  read_folder(root, "cmake", tree);
  const auto by_path = [](const File& a, const File& b) { return a.path < b.path; };
  std::sort(tree.sources.begin(), tree.sources.end(), by_path);
  return tree;
}

std::vector<std::string> folders() {
  return {"core", "hal", "chunk", "storage", "uplink", "config", "collector", "app"};
}

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

std::string file_name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

bool is_header(std::string_view path) {
  return path.ends_with(".hpp");
}

bool is_test(std::string_view path) {
  return path.starts_with("tests/");
}

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_identifier(line[at - 1]) || !is_identifier(word.front());
    const bool ends =
        end == line.size() || !is_identifier(line[end]) || !is_identifier(word.back());
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace sluice::tidy
