#include "common/contract/filter.h"

#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/contract/refusal.h"
#include "common/runtime/dates.h"
#include "common/text/normalize.h"
#include "google/protobuf/descriptor.pb.h"

namespace thidua::contract {
namespace {

using Kind = FilterField::Kind;

constexpr int64_t kLongestFilter = 1000;
constexpr int kMostComparisons = 20;

struct Token {
  enum class Kind { kWord, kQuoted, kOperator, kParenthesis, kEnd, kBroken };
  Kind kind = Kind::kEnd;
  std::string text;
  size_t at = 0;  // byte offset
};

// What is wrong, in both languages.
struct Fault {
  std::string why;
  std::string why_vi;
};

bool IsWordCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("_-./:+").find(c) != std::string::npos;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token Next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    Token token;
    token.at = at_;
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (c == '"' || c == '\'') return Quoted(token, c);
    if (c == '(' || c == ')') return Take(token, Token::Kind::kParenthesis, 1);
    if (std::string_view("=!<>").find(c) != std::string_view::npos) return Operator(token);
    size_t length = 0;
    while (at_ + length < text_.size() && IsWordCharacter(text_[at_ + length])) ++length;
    return length == 0 ? Take(token, Token::Kind::kBroken, 1)
                       : Take(token, Token::Kind::kWord, length);
  }

 private:
  Token Take(Token& token, Token::Kind kind, size_t length) {
    token.kind = kind;
    token.text = std::string(text_.substr(at_, length));
    at_ += length;
    return token;
  }

  Token Operator(Token& token) {
    const bool two = at_ + 1 < text_.size() && text_[at_ + 1] == '=' && text_[at_] != '=';
    if (text_[at_] == '!' && !two) return Take(token, Token::Kind::kBroken, 1);
    return Take(token, Token::Kind::kOperator, two ? 2 : 1);
  }

  Token Quoted(Token& token, char quote) {
    for (size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) {
        token.kind = Token::Kind::kQuoted;
        at_ = i + 1;
        return token;
      }
      if (text_[i] == '\\' && ++i == text_.size()) break;
      token.text.push_back(text_[i]);
    }
    token.kind = Token::Kind::kBroken;
    at_ = text_.size();
    return token;
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool IsOrdered(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kDay || kind == Kind::kInstant;
}

// SCHOOL_STATE_ for the enum SchoolState, whose first value is SCHOOL_STATE_UNSPECIFIED.
std::string PrefixOf(const google::protobuf::EnumDescriptor& values) {
  static constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const std::string& first = values.value(0)->name();
  const bool usual =
      first.size() > kUnspecified.size() && std::string_view(first).ends_with(kUnspecified);
  return usual ? first.substr(0, first.size() - kUnspecified.size()) : "";
}

std::optional<Parameter> EnumParameter(const FilterField& field, const std::string& text) {
  const google::protobuf::EnumValueDescriptor* value = field.values->FindValueByName(text);
  if (value == nullptr) value = field.values->FindValueByName(PrefixOf(*field.values) + text);
  if (value == nullptr) return std::nullopt;
  if (field.kind == Kind::kEnumNumber) return Parameter(int64_t{value->number()});
  return Parameter(value->name());
}

std::optional<Parameter> IntegerParameter(const std::string& text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return Parameter(number);
}

std::optional<Parameter> InstantParameter(const std::string& text) {
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored)) return std::nullopt;
  const absl::TimeZone utc = absl::UTCTimeZone();
  if (time < absl::FromCivil(absl::CivilYear(1), utc) ||
      time >= absl::FromCivil(absl::CivilYear(10000), utc)) {
    return std::nullopt;
  }
  return Parameter(runtime::ToMicros(time));
}

std::optional<Parameter> ToParameter(const FilterField& field, const std::string& text) {
  switch (field.kind) {
    case Kind::kText:
      return Parameter(text);
    case Kind::kInteger:
      return IntegerParameter(text);
    case Kind::kDay:
      return runtime::ParseDay(text).ok() ? std::optional<Parameter>(text) : std::nullopt;
    case Kind::kInstant:
      return InstantParameter(text);
    case Kind::kEnumNumber:
    case Kind::kEnumName:
      return EnumParameter(field, text);
    case Kind::kBool:
      if (text != "true" && text != "false") return std::nullopt;
      return Parameter(int64_t{text == "true"});
  }
  return std::nullopt;
}

Fault WrongValue(const FilterField& field) {
  switch (field.kind) {
    case Kind::kInteger:
      return {"the value must be a whole number", "giá trị phải là số nguyên"};
    case Kind::kDay:
      return {"the value must be a day such as \"2024-06-30\"",
              "giá trị phải là ngày, ví dụ \"2024-06-30\""};
    case Kind::kInstant:
      return {"the value must be an instant such as \"2024-06-30T17:00:00Z\"",
              "giá trị phải là thời điểm, ví dụ \"2024-06-30T17:00:00Z\""};
    case Kind::kBool:
      return {"the value must be true or false", "giá trị phải là true hoặc false"};
    default:
      return {"the value is not one of the field's", "giá trị không thuộc các giá trị của trường"};
  }
}

class Parser {
 public:
  Parser(std::string_view filter, const FilterFields& fields)
      : filter_(filter), fields_(fields), lexer_(filter) {}

  absl::StatusOr<SqlCondition> Parse() {
    Token token = lexer_.Next();
    if (token.kind == Token::Kind::kEnd) return SqlCondition{"TRUE", {}};
    for (int comparisons = 1;; ++comparisons) {
      if (comparisons > kMostComparisons) {
        return At(token, {"there are more than 20 comparisons", "có quá 20 phép so sánh"});
      }
      if (absl::Status compared = Comparison(token); !compared.ok()) return compared;
      token = lexer_.Next();
      if (token.kind == Token::Kind::kEnd) return std::move(condition_);
      if (token.kind != Token::Kind::kWord || token.text != "AND") {
        return At(token, Expected("AND", "AND"));
      }
      absl::StrAppend(&condition_.sql, " AND ");
      token = lexer_.Next();
    }
  }

 private:
  absl::Status At(const Token& token, const Fault& fault) const {
    const int64_t position = text::CodePoints(filter_.substr(0, token.at)) + 1;
    return Refuse(
        access::v1::REASON_FILTER_INVALID,
        {{"position", absl::StrCat(position)}, {"why", fault.why}, {"why_vi", fault.why_vi}});
  }

  static Fault Expected(const char* what, const char* what_vi) {
    return {absl::StrCat(what, " is expected here; OR, NOT and parentheses are not offered"),
            absl::StrCat("tại đây cần ", what_vi, "; không hỗ trợ OR, NOT và dấu ngoặc")};
  }

  Fault UnknownField() const {
    const std::string names = absl::StrJoin(
        fields_, ", ", [](std::string* out, const auto& field) { out->append(field.first); });
    return {absl::StrCat("there is no such field; the fields are ", names),
            absl::StrCat("không có trường này; các trường là ", names)};
  }

  absl::Status Comparison(const Token& name) {
    if (name.kind != Token::Kind::kWord) return At(name, Expected("a field", "tên trường"));
    const auto found = fields_.find(name.text);
    if (found == fields_.end()) return At(name, UnknownField());
    const FilterField& field = found->second;

    const Token comparator = lexer_.Next();
    if (comparator.kind != Token::Kind::kOperator) {
      return At(comparator, Expected("=, !=, <, <=, > or >=", "=, !=, <, <=, > hoặc >="));
    }
    const bool equality = comparator.text == "=" || comparator.text == "!=";
    if (!equality && !IsOrdered(field.kind)) {
      return At(comparator, {"this field has only = and !=", "trường này chỉ có = và !="});
    }

    const Token value = lexer_.Next();
    if (value.kind != Token::Kind::kWord && value.kind != Token::Kind::kQuoted) {
      return At(value, Expected("a value, in quotes,", "giá trị trong ngoặc kép"));
    }
    std::optional<Parameter> parameter = ToParameter(field, value.text);
    if (!parameter) return At(value, WrongValue(field));
    Append(field, comparator.text, *std::move(parameter));
    return absl::OkStatus();
  }

  void Append(const FilterField& field, const std::string& comparator, Parameter parameter) {
    // A row without a value differs from every value (AIP-160); SQL's <> would drop it.
    if (comparator == "!=") {
      absl::StrAppend(&condition_.sql, "NOT (", field.column, " <=> ?)");
    } else {
      absl::StrAppend(&condition_.sql, field.column, " ", comparator, " ?");
    }
    condition_.parameters.push_back(std::move(parameter));
  }

  std::string_view filter_;
  const FilterFields& fields_;
  Lexer lexer_;
  SqlCondition condition_;
};

}  // namespace

absl::StatusOr<SqlCondition> ParseFilter(std::string_view filter, const FilterFields& fields) {
  if (filter.size() > 4 * kLongestFilter || text::CodePoints(filter) > kLongestFilter ||
      !text::IsNfc(filter)) {
    return Refuse(access::v1::REASON_FILTER_INVALID,
                  {{"position", "1"},
                   {"why", "the filter is longer than 1,000 characters or not NFC text"},
                   {"why_vi", "bộ lọc dài quá 1.000 ký tự hoặc không ở dạng NFC"}});
  }
  return Parser(filter, fields).Parse();
}

}  // namespace thidua::contract
