// A table for a terminal: columns as wide as their widest cell, Vietnamese counted in characters.
#ifndef THIDUA_SERVICES_CLI_TABLE_H_
#define THIDUA_SERVICES_CLI_TABLE_H_

#include <string>
#include <vector>

namespace thidua::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as there are columns.
  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // A rule before the next row, for totals.
  void Rule() { rules_.push_back(rows_.size()); }
  bool empty() const { return rows_.empty(); }

  // Lines with "\n", indented by two spaces.
  std::string Render() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<size_t> rules_;
};

// 12443 as "12,443" or, in Vietnamese, "12.443".
std::string Grouped(int64_t number, bool vietnamese);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_TABLE_H_
