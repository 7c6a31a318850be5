#include "common/document/canonical_json.h"

#include <charconv>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/text/normalize.h"

namespace thidua::document {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

// The letter of the two-character escape of `c`, if it has one.
std::optional<char> ShortEscape(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    case '"':
    case '\\':
      return c;
    default:
      return std::nullopt;
  }
}

std::string Escape(char c) {
  if (const std::optional<char> letter = ShortEscape(c)) return {'\\', *letter};
  return absl::StrFormat("\\u%04x", static_cast<unsigned char>(c));
}

class Writer {
 public:
  absl::Status Write(const Value& value, int depth);
  std::string Take() { return std::move(text_); }

 private:
  absl::Status WriteString(std::string_view string);
  absl::Status WriteArray(const Value::Array& array, int depth);
  absl::Status WriteObject(const Value::Object& object, int depth);
  absl::Status Problem(std::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(
        path_.empty() ? "the document" : absl::CHexEscape(path_.substr(path_[0] == '.')), " ",
        std::string(what)));
  }

  std::string text_;
  std::string path_;  // of the value being written: ".figures[3].school"
};

absl::Status Writer::Write(const Value& value, int depth) {
  if (const bool* boolean = value.AsBool()) {
    text_ += *boolean ? "true" : "false";
  } else if (const int64_t* integer = value.AsInt()) {
    absl::StrAppend(&text_, *integer);
  } else if (const std::string* string = value.AsString()) {
    return WriteString(*string);
  } else if (value.IsNull()) {
    text_ += "null";
  } else if (depth == kMaxDepth) {
    return Problem(absl::StrCat("is nested deeper than ", kMaxDepth));
  } else if (const Value::Array* array = value.AsArray()) {
    return WriteArray(*array, depth + 1);
  } else {
    return WriteObject(*value.AsObject(), depth + 1);
  }
  return absl::OkStatus();
}

absl::Status Writer::WriteString(std::string_view string) {
  if (!text::IsNfc(string)) {
    return Problem(text::IsValidUtf8(string) ? "is not in NFC" : "is not UTF-8");
  }
  text_ += '"';
  for (const char c : string) {
    if (IsControl(c) || ShortEscape(c)) {
      text_ += Escape(c);
    } else {
      text_ += c;
    }
  }
  text_ += '"';
  return absl::OkStatus();
}

absl::Status Writer::WriteArray(const Value::Array& array, int depth) {
  const size_t parent = path_.size();
  text_ += '[';
  for (size_t i = 0; i < array.size(); ++i) {
    if (i > 0) text_ += ',';
    absl::StrAppend(&path_, "[", i, "]");
    if (absl::Status written = Write(array[i], depth); !written.ok()) return written;
    path_.resize(parent);
  }
  text_ += ']';
  return absl::OkStatus();
}

absl::Status Writer::WriteObject(const Value::Object& object, int depth) {
  const size_t parent = path_.size();
  text_ += '{';
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!std::exchange(first, false)) text_ += ',';
    absl::StrAppend(&path_, ".", key);
    if (absl::Status written = WriteString(key); !written.ok()) return written;
    text_ += ':';
    if (absl::Status written = Write(member, depth); !written.ok()) return written;
    path_.resize(parent);
  }
  text_ += '}';
  return absl::OkStatus();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<Value> ParseDocument();

 private:
  absl::StatusOr<Value> ParseValue(int depth);
  absl::StatusOr<Value> ParseArray(int depth);
  absl::StatusOr<Value> ParseObject(int depth);
  absl::StatusOr<Value> ParseInteger();
  absl::StatusOr<std::string> ParseString();
  absl::StatusOr<char> ParseEscape();

  bool AtEnd() const { return at_ == text_.size(); }
  bool Sees(char c) const { return !AtEnd() && text_[at_] == c; }
  bool SeesDigit() const { return !AtEnd() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool Take(char c) { return Take(std::string_view(&c, 1)); }
  bool Take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  absl::Status Problem(std::string_view what) const { return ProblemAt(at_, what); }
  static absl::Status ProblemAt(size_t at, std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("not canonical JSON at byte ", at + 1, ": ", std::string(what)));
  }

  std::string_view text_;
  size_t at_ = 0;
};

absl::StatusOr<Value> Parser::ParseDocument() {
  absl::StatusOr<Value> value = ParseValue(0);
  if (value.ok() && !AtEnd()) return Problem("bytes behind the document");
  return value;
}

absl::StatusOr<Value> Parser::ParseValue(int depth) {
  if (Sees('{') || Sees('[')) {
    if (depth == kMaxDepth) return Problem(absl::StrCat("nested deeper than ", kMaxDepth));
    return Sees('{') ? ParseObject(depth + 1) : ParseArray(depth + 1);
  }
  if (Sees('"')) {
    absl::StatusOr<std::string> string = ParseString();
    if (!string.ok()) return string.status();
    return Value(*std::move(string));
  }
  if (Sees('-') || SeesDigit()) return ParseInteger();
  if (Take("true")) return Value(true);
  if (Take("false")) return Value(false);
  if (Take("null")) return Value();
  return Problem("no value here");
}

absl::StatusOr<Value> Parser::ParseArray(int depth) {
  Take('[');
  Value::Array array;
  if (Take(']')) return Value(std::move(array));
  do {
    absl::StatusOr<Value> item = ParseValue(depth);
    if (!item.ok()) return item;
    array.push_back(*std::move(item));
  } while (Take(','));
  if (!Take(']')) return Problem("neither ',' nor ']'");
  return Value(std::move(array));
}

absl::StatusOr<Value> Parser::ParseObject(int depth) {
  Take('{');
  Value::Object object;
  if (Take('}')) return Value(std::move(object));
  do {
    const size_t start = at_;
    absl::StatusOr<std::string> key = ParseString();
    if (!key.ok()) return key.status();
    if (!object.empty() && *key <= object.rbegin()->first) {
      return ProblemAt(start, "key repeated or out of order");
    }
    if (!Take(':')) return Problem("no ':' behind the key");
    absl::StatusOr<Value> member = ParseValue(depth);
    if (!member.ok()) return member;
    object.emplace_hint(object.end(), *std::move(key), *std::move(member));
  } while (Take(','));
  if (!Take('}')) return Problem("neither ',' nor '}'");
  return Value(std::move(object));
}

absl::StatusOr<Value> Parser::ParseInteger() {
  const size_t start = at_;
  const bool negative = Take('-');
  const size_t digits = at_;
  while (SeesDigit()) ++at_;
  if (Sees('.') || Sees('e') || Sees('E')) return Problem("a number that is not an integer");
  const std::string_view written = text_.substr(start, at_ - start);
  if (at_ == digits) return Problem("no digit");
  if (text_[digits] == '0' && (negative || at_ > digits + 1)) {
    return ProblemAt(start, "a needless zero or sign");
  }
  int64_t value = 0;
  if (std::from_chars(written.data(), written.data() + written.size(), value).ec != std::errc()) {
    return ProblemAt(start, "an integer past 64 bits");
  }
  return Value(value);
}

absl::StatusOr<std::string> Parser::ParseString() {
  const size_t start = at_;
  if (!Take('"')) return Problem("no string here");
  std::string string;
  while (!AtEnd() && !Sees('"')) {
    if (IsControl(text_[at_])) return Problem("a control character that is not escaped");
    if (!Sees('\\')) {
      string += text_[at_++];
      continue;
    }
    absl::StatusOr<char> escaped = ParseEscape();
    if (!escaped.ok()) return escaped.status();
    string += *escaped;
  }
  if (!Take('"')) return ProblemAt(start, "a string that is never closed");
  if (!text::IsNfc(string)) return ProblemAt(start, "a string that is not UTF-8 in NFC");
  return string;
}

absl::StatusOr<char> Parser::ParseEscape() {
  // Few characters are ever escaped, and each in one way: so finding the one written here is
  // comparing with all of them.
  static const std::vector<std::pair<std::string, char>>* const escapes = [] {
    auto* all = new std::vector<std::pair<std::string, char>>;
    for (char c = 0; IsControl(c); ++c) all->emplace_back(Escape(c), c);
    for (const char c : {'"', '\\'}) all->emplace_back(Escape(c), c);
    return all;
  }();
  for (const auto& [escape, c] : *escapes) {
    if (Take(escape)) return c;
  }
  return Problem("an escape that is not needed or not written in its one way");
}

}  // namespace

Value::Value() = default;
Value::Value(std::string value) : content_(std::move(value)) {}
Value::Value(std::string_view value) : Value(std::string(value)) {}
Value::Value(const char* value) : Value(std::string(value)) {}
Value::Value(const Decimal& value) : Value(value.ToString()) {}
Value::Value(Array value) : content_(std::move(value)) {}
Value::Value(Object value) : content_(std::move(value)) {}

Value::Value(const Value& other) = default;
Value& Value::operator=(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

const Value* Value::Find(std::string_view key) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  const auto found = object->find(key);
  return found == object->end() ? nullptr : &found->second;
}

absl::StatusOr<std::string> Canonical(const Value& value) {
  Writer writer;
  if (absl::Status written = writer.Write(value, 0); !written.ok()) return written;
  return writer.Take();
}

absl::StatusOr<Value> ParseCanonical(std::string_view text) { return Parser(text).ParseDocument(); }

}  // namespace thidua::document
