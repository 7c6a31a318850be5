// A cell of a list and the field of a resource that it stands for, one into the other. What a field
// holds says how it is written: nobody describes a cell twice. Pure.
//
//   text                 as it is
//   reference            the last part of the name; the whole name for what lies below something
//   number               digits
//   yes or no            true, false
//   word of an enum      without the enum's name; of Confidence in small letters
//   day                  2024-06-25; 2024-06, 2024 or --06-25 where a date may be known in part
//   instant              2024-06-25T02:00:00Z
//   bytes                hexadecimal
//   several of one kind  separated by ";"; the fields of a message among them by "|", in the order
//                        of the contract; a backslash before one of these, or before another
//                        backslash, makes it part of the text
//
// A blank cell is a field that is not set.
#ifndef THIDUA_SERVICES_CLI_LISTS_CELL_H_
#define THIDUA_SERVICES_CLI_LISTS_CELL_H_

#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace thidua::cli {

// The way from a message to one of its fields: "decision.number".
class FieldPath {
 public:
  // The program ends when there is no such field: paths are part of the program.
  FieldPath(const google::protobuf::Descriptor& message, const std::string& path);

  const std::string& text() const { return text_; }
  // The field of the message itself: "decision".
  const google::protobuf::FieldDescriptor& top() const { return *fields_.front(); }
  const google::protobuf::FieldDescriptor& field() const { return *fields_.back(); }
  // The message that holds the field; null when there is none on the way to it.
  const google::protobuf::Message* Holder(const google::protobuf::Message& message) const;
  google::protobuf::Message* MutableHolder(google::protobuf::Message* message) const;
  // True when every field on the way is REQUIRED.
  bool required() const;
  // True when a field on the way is OUTPUT_ONLY: no caller sets it.
  bool output_only() const;

 private:
  std::string text_;
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

// What is wrong with a cell.
struct Wrong {
  std::string text;
  std::string text_vi;
};

// How one field is written.
class CellForm {
 public:
  // `inclusive_end`: the field is the first day after something, the cell its last day.
  explicit CellForm(FieldPath path, bool inclusive_end = false)
      : path_(std::move(path)), inclusive_end_(inclusive_end) {}

  const FieldPath& path() const { return path_; }

  // Empty when the field is not set.
  std::string Write(const google::protobuf::Message& message) const;
  // Sets the field as the cell says, or clears it; messages on the way to a blank cell are not
  // made.
  std::optional<Wrong> Read(const std::string& cell, google::protobuf::Message* message) const;
  // The resources that the field names.
  std::vector<std::string> References(const google::protobuf::Message& message) const;

 private:
  FieldPath path_;
  bool inclusive_end_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_CELL_H_
