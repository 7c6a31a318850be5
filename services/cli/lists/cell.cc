#include "services/cli/lists/cell.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/contract/check_plan.h"
#include "common/document/decimal.h"
#include "common/runtime/dates.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/decimal.pb.h"
#include "services/cli/partial_date.h"
#include "thidua/access/v1/access.pb.h"
#include "thidua/registry/v1/provenance.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::type::Date;

template <class Known>
bool Is(const FieldDescriptor& field) {
  return field.message_type() == Known::descriptor();
}

// "schools/" for a reference to resources of the top level; empty for any other field.
std::string CollectionBehind(const FieldDescriptor& field) {
  const auto& reference = field.options().GetExtension(google::api::resource_reference);
  if (reference.type().empty() || reference.type() == "*") return "";
  const auto patterns = contract::PatternsOf(reference.type(), *field.file());
  if (patterns.empty()) return "";
  const std::string pattern = patterns.front().ToString();
  if (std::count(pattern.begin(), pattern.end(), '/') != 1) return "";
  return pattern.substr(0, pattern.find('/') + 1);
}

std::string Shortened(const FieldDescriptor& field, const std::string& value) {
  const std::string collection = CollectionBehind(field);
  return !collection.empty() && absl::StartsWith(value, collection)
             ? value.substr(collection.size())
             : value;
}

std::string Whole(const FieldDescriptor& field, const std::string& cell) {
  return absl::StrContains(cell, '/') ? cell : absl::StrCat(CollectionBehind(field), cell);
}

// "SCHOOL_KIND_" of SchoolKind.
std::string PrefixOf(const EnumDescriptor& type) {
  const std::string& zero = type.value(0)->name();
  return zero.substr(0, zero.rfind("UNSPECIFIED"));
}

bool InSmallLetters(const EnumDescriptor& type) {
  return &type == registry::v1::Confidence_descriptor();
}

std::string WordOf(const EnumValueDescriptor& value) {
  std::string word = value.name().substr(PrefixOf(*value.type()).size());
  if (InSmallLetters(*value.type())) absl::AsciiStrToLower(&word);
  return word;
}

// Null when there is no such word.
const EnumValueDescriptor* ValueOf(const EnumDescriptor& type, std::string word) {
  if (InSmallLetters(type)) {
    if (word != absl::AsciiStrToLower(word)) return nullptr;
    absl::AsciiStrToUpper(&word);
  }
  const EnumValueDescriptor* value = type.FindValueByName(absl::StrCat(PrefixOf(type), word));
  return value == nullptr || value->number() == 0 ? nullptr : value;
}

Wrong NoWord(const EnumDescriptor& type, const std::string& cell) {
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) words.push_back(WordOf(*type.value(i)));
  const std::string all = absl::StrJoin(words, ", ");
  return {absl::StrCat("\"", cell, "\" is none of ", all),
          absl::StrCat("\"", cell, "\" không phải một trong: ", all)};
}

std::string Escaped(const std::string& part) {
  return absl::StrReplaceAll(part, {{"\\", "\\\\"}, {";", "\\;"}, {"|", "\\|"}});
}

// The parts of a cell, each cut at "|" where `with_fields`; blank ones are no parts.
std::vector<std::vector<std::string>> SplitParts(const std::string& cell, bool with_fields) {
  std::vector<std::vector<std::string>> parts = {{""}};
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] == '\\' && i + 1 < cell.size()) {
      parts.back().back().push_back(cell[++i]);
    } else if (cell[i] == ';') {
      parts.push_back({""});
    } else if (cell[i] == '|' && with_fields) {
      parts.back().emplace_back();
    } else {
      parts.back().back().push_back(cell[i]);
    }
  }
  for (std::vector<std::string>& part : parts) {
    for (std::string& field : part) field = std::string(absl::StripAsciiWhitespace(field));
  }
  parts.erase(std::remove(parts.begin(), parts.end(), std::vector<std::string>{""}), parts.end());
  return parts;
}

// The values of one field, one at a time, as text.
std::string WriteMessage(const Message& part, bool inclusive_end) {
  if (const auto* date = google::protobuf::DynamicCastToGenerated<Date>(&part)) {
    const auto day = inclusive_end ? runtime::DayFromProto(*date)
                                   : absl::StatusOr<absl::CivilDay>(absl::UnknownError(""));
    return PartialDateText(day.ok() ? runtime::DayToProto(*day - 1) : *date, false);
  }
  if (const auto* decimal =
          google::protobuf::DynamicCastToGenerated<google::type::Decimal>(&part)) {
    return decimal->value();
  }
  if (const auto* instant =
          google::protobuf::DynamicCastToGenerated<google::protobuf::Timestamp>(&part)) {
    const auto time = runtime::TimeFromProto(*instant);
    return time.ok() ? absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone()) : "";
  }
  return "";
}

std::optional<Wrong> ReadMessage(const FieldDescriptor& field, const std::string& cell,
                                 bool inclusive_end, Message* part) {
  if (auto* date = google::protobuf::DynamicCastToGenerated<Date>(part)) {
    if (field.options().GetExtension(access::v1::check).partial_date()) {
      const absl::StatusOr<Date> read = ReadPartialDate(cell);
      if (!read.ok())
        return Wrong{std::string(read.status().message()),
                     "phải viết dạng 2024-06-25, 2024-06, 2024 hoặc --06-25"};
      *date = *read;
      return std::nullopt;
    }
    const absl::StatusOr<absl::CivilDay> day = runtime::ParseDay(cell);
    if (!day.ok())
      return Wrong{std::string(day.status().message()), "ngày phải viết dạng 2024-06-25"};
    *date = runtime::DayToProto(inclusive_end ? *day + 1 : *day);
    return std::nullopt;
  }
  if (auto* decimal = google::protobuf::DynamicCastToGenerated<google::type::Decimal>(part)) {
    decimal->set_value(cell);
    if (document::Decimal::Parse(cell).ok()) return std::nullopt;
    return Wrong{"is not a decimal number such as 71.25", "không phải là số thập phân dạng 71.25"};
  }
  if (auto* instant = google::protobuf::DynamicCastToGenerated<google::protobuf::Timestamp>(part)) {
    absl::Time time;
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, cell, &time, &why))
      return Wrong{"is no instant such as 2024-06-25T02:00:00Z",
                   "thời điểm phải viết dạng 2024-06-25T02:00:00Z"};
    *instant = runtime::TimeToProto(time);
    return std::nullopt;
  }
  return Wrong{"cannot be given in a cell", "không thể ghi trong một ô"};
}

std::optional<Wrong> ReadNumber(const std::string& cell, int64_t least, int64_t most,
                                int64_t* number) {
  if (!absl::SimpleAtoi(cell, number) || absl::StrCat(*number) != cell)
    return Wrong{"is no whole number", "không phải là số nguyên"};
  if (*number < least || *number > most) return Wrong{"is out of range", "vượt giới hạn"};
  return std::nullopt;
}

// One value of a field that is not repeated and not blank.
std::optional<Wrong> ReadOne(const FieldDescriptor& field, const std::string& cell,
                             bool inclusive_end, Message* holder) {
  const Reflection& reflection = *holder->GetReflection();
  int64_t number = 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        const std::string bytes = absl::HexStringToBytes(cell);
        if (absl::BytesToHexString(bytes) != cell)
          return Wrong{"is not hexadecimal", "không phải dạng thập lục phân"};
        reflection.SetString(holder, &field, bytes);
      } else {
        reflection.SetString(holder, &field, Whole(field, cell));
      }
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = ValueOf(*field.enum_type(), cell);
      if (value == nullptr) return NoWord(*field.enum_type(), cell);
      reflection.SetEnum(holder, &field, value);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (cell != "true" && cell != "false")
        return Wrong{"must be true or false", "phải là true hoặc false"};
      reflection.SetBool(holder, &field, cell == "true");
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_INT32:
      if (auto wrong = ReadNumber(cell, INT32_MIN, INT32_MAX, &number)) return wrong;
      reflection.SetInt32(holder, &field, static_cast<int32_t>(number));
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_INT64:
      if (auto wrong = ReadNumber(cell, INT64_MIN, INT64_MAX, &number)) return wrong;
      reflection.SetInt64(holder, &field, number);
      return std::nullopt;
    default:
      return ReadMessage(field, cell, inclusive_end, reflection.MutableMessage(holder, &field));
  }
}

// A list of messages in one cell: fields in the order of the contract behind "|".
std::optional<Wrong> ReadEntries(const FieldDescriptor& field, const std::string& cell,
                                 Message* holder) {
  const Descriptor& type = *field.message_type();
  for (const std::vector<std::string>& parts : SplitParts(cell, true)) {
    if (parts.size() > static_cast<size_t>(type.field_count()))
      return Wrong{"has too many parts behind |", "có quá nhiều phần sau dấu |"};
    Message* entry = holder->GetReflection()->AddMessage(holder, &field);
    for (size_t i = 0; i < parts.size(); ++i) {
      const FieldDescriptor& part = *type.field(static_cast<int>(i));
      if (parts[i].empty()) continue;
      if (auto wrong = ReadOne(part, parts[i], false, entry)) return wrong;
    }
  }
  return std::nullopt;
}

std::optional<Wrong> ReadSeveral(const FieldDescriptor& field, const std::string& cell,
                                 Message* holder) {
  const Reflection& reflection = *holder->GetReflection();
  if (field.message_type() != nullptr) return ReadEntries(field, cell, holder);
  for (const auto& parts : SplitParts(cell, false)) {
    const std::string& part = parts.front();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(holder, &field, Whole(field, part));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      int64_t number = 0;
      if (auto wrong = ReadNumber(part, INT32_MIN, INT32_MAX, &number)) return wrong;
      reflection.AddInt32(holder, &field, static_cast<int32_t>(number));
    } else if (const EnumValueDescriptor* value = ValueOf(*field.enum_type(), part)) {
      reflection.AddEnum(holder, &field, value);
    } else {
      return NoWord(*field.enum_type(), part);
    }
  }
  return std::nullopt;
}

// One value of a field that is set and not repeated.
std::string WriteOne(const FieldDescriptor& field, bool inclusive_end, const Message& holder) {
  const Reflection& reflection = *holder.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = reflection.GetString(holder, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(value)
                                                         : Shortened(field, value);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return WordOf(*reflection.GetEnum(holder, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(holder, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(holder, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(holder, &field));
    default:
      return WriteMessage(reflection.GetMessage(holder, &field), inclusive_end);
  }
}

std::string WriteEntry(const Message& entry) {
  const Descriptor& type = *entry.GetDescriptor();
  std::vector<std::string> parts;
  for (int i = 0; i < type.field_count(); ++i) {
    const bool set = entry.GetReflection()->HasField(entry, type.field(i));
    parts.push_back(set ? Escaped(WriteOne(*type.field(i), false, entry)) : "");
  }
  while (!parts.empty() && parts.back().empty()) parts.pop_back();
  return absl::StrJoin(parts, "|");
}

std::string WriteSeveral(const FieldDescriptor& field, const Message& holder) {
  const Reflection& reflection = *holder.GetReflection();
  std::vector<std::string> parts;
  for (int i = 0; i < reflection.FieldSize(holder, &field); ++i) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        parts.push_back(Escaped(Shortened(field, reflection.GetRepeatedString(holder, &field, i))));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        parts.push_back(absl::StrCat(reflection.GetRepeatedInt32(holder, &field, i)));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        parts.push_back(WordOf(*reflection.GetRepeatedEnum(holder, &field, i)));
        break;
      default:
        parts.push_back(WriteEntry(reflection.GetRepeatedMessage(holder, &field, i)));
    }
  }
  return absl::StrJoin(parts, ";");
}

void CollectReferences(const FieldDescriptor& field, const Message& holder,
                       std::vector<std::string>& names) {
  const Reflection& reflection = *holder.GetReflection();
  const int count = field.is_repeated()                   ? reflection.FieldSize(holder, &field)
                    : reflection.HasField(holder, &field) ? 1
                                                          : 0;
  for (int i = 0; i < count; ++i) {
    if (field.message_type() != nullptr) {
      const Message& entry = field.is_repeated() ? reflection.GetRepeatedMessage(holder, &field, i)
                                                 : reflection.GetMessage(holder, &field);
      for (int j = 0; j < field.message_type()->field_count(); ++j)
        CollectReferences(*field.message_type()->field(j), entry, names);
    } else if (field.options().HasExtension(google::api::resource_reference)) {
      names.push_back(field.is_repeated() ? reflection.GetRepeatedString(holder, &field, i)
                                          : reflection.GetString(holder, &field));
    }
  }
}

}  // namespace

FieldPath::FieldPath(const Descriptor& message, const std::string& path) : text_(path) {
  const Descriptor* at = &message;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr) {
      std::fprintf(stderr, "%s has no field %s\n", message.full_name().c_str(), path.c_str());
      std::abort();
    }
    fields_.push_back(field);
    at = field->message_type();
  }
}

bool FieldPath::required() const {
  return std::all_of(fields_.begin(), fields_.end(), [](const FieldDescriptor* field) {
    return contract::Behaves(*field, google::api::REQUIRED);
  });
}

bool FieldPath::output_only() const {
  return std::any_of(fields_.begin(), fields_.end(), [](const FieldDescriptor* field) {
    return contract::Behaves(*field, google::api::OUTPUT_ONLY);
  });
}

const Message* FieldPath::Holder(const Message& message) const {
  const Message* at = &message;
  for (size_t i = 0; i + 1 < fields_.size(); ++i) {
    if (!at->GetReflection()->HasField(*at, fields_[i])) return nullptr;
    at = &at->GetReflection()->GetMessage(*at, fields_[i]);
  }
  return at;
}

Message* FieldPath::MutableHolder(Message* message) const {
  Message* at = message;
  for (size_t i = 0; i + 1 < fields_.size(); ++i)
    at = at->GetReflection()->MutableMessage(at, fields_[i]);
  return at;
}

std::string CellForm::Write(const Message& message) const {
  const Message* holder = path_.Holder(message);
  const FieldDescriptor& field = path_.field();
  if (holder == nullptr) return "";
  if (field.is_repeated()) return WriteSeveral(field, *holder);
  return holder->GetReflection()->HasField(*holder, &field)
             ? WriteOne(field, inclusive_end_, *holder)
             : "";
}

std::optional<Wrong> CellForm::Read(const std::string& cell, Message* message) const {
  if (cell.empty() && path_.Holder(*message) == nullptr) return std::nullopt;
  Message* at = path_.MutableHolder(message);
  at->GetReflection()->ClearField(at, &path_.field());
  if (cell.empty()) return std::nullopt;
  return path_.field().is_repeated() ? ReadSeveral(path_.field(), cell, at)
                                     : ReadOne(path_.field(), cell, inclusive_end_, at);
}

std::vector<std::string> CellForm::References(const Message& message) const {
  std::vector<std::string> names;
  if (const Message* holder = path_.Holder(message); holder != nullptr)
    CollectReferences(path_.field(), *holder, names);
  return names;
}

}  // namespace thidua::cli
