#include "services/registry/identifiers/identifier_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/resource/among.h"
#include "services/registry/identifiers/identifier_resolution_rules.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using directory::Period;
using v1::IdentifierScheme;
using v1::SchoolIdentifier;

constexpr int kRowsAtOnce = 500;

// Rules have let only good periods through.
std::vector<Value> SchemeColumns(const IdentifierScheme& scheme) {
  const Period period = directory::PeriodOf(scheme).value();
  return {DayNumber(period.from), DayNumber(period.to)};
}

std::vector<Value> IdentifierColumns(const SchoolIdentifier& identifier) {
  const Period period = directory::PeriodOf(identifier).value();
  return {SchoolOf(identifier),
          identifier.scheme(),
          identifier.code(),
          identifier.successor(),
          DayNumber(period.from),
          DayNumber(period.to),
          int64_t{identifier.provenance().confidence()}};
}

// Adds every row that matches, read in pages.
template <class M>
absl::Status ReadAll(const resource::Table<M>& table, database::Connection& connection,
                     const resource::Where& where, std::vector<M>& all) {
  contract::Parameters after;
  do {
    auto page = table.List(connection, where, after, kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (M& resource : page->resources) all.push_back(std::move(resource));
    after = std::move(page->next);
  } while (!after.empty());
  return absl::OkStatus();
}

void AddCondition(resource::Where& where, std::string_view sql, std::vector<Value> parameters) {
  if (!where.sql.empty()) where.sql += " AND ";
  where.sql += sql;
  for (Value& parameter : parameters) where.parameters.push_back(std::move(parameter));
}

}  // namespace

IdentifierStore::IdentifierStore()
    : schemes_("identifier_scheme", {"valid_from", "valid_to"}, SchemeColumns),
      identifiers_(
          "school_identifier",
          {"school", "scheme", "code", "successor", "valid_from", "valid_to", "confidence"},
          IdentifierColumns) {}

absl::StatusOr<std::vector<IdentifierScheme>> IdentifierStore::AllSchemes(
    database::Connection& connection) const {
  std::vector<IdentifierScheme> all;
  if (absl::Status status = ReadAll(schemes_, connection, {}, all); !status.ok()) return status;
  return all;
}

absl::StatusOr<IdentifierStore::Identifiers> IdentifierStore::WithCodes(
    database::Connection& connection, const std::string& scheme,
    const std::vector<std::string>& codes) const {
  Identifiers all;
  const absl::Status status = resource::InParts(codes, [&](std::vector<std::string> part) {
    resource::Where where = resource::Among("code", std::move(part));
    AddCondition(where, "scheme = ?", {scheme});
    return ReadAll(identifiers_, connection, where, all);
  });
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<IdentifierStore::Identifiers> IdentifierStore::WithNames(
    database::Connection& connection, const std::vector<std::string>& names) const {
  Identifiers all;
  const absl::Status status = resource::InParts(names, [&](std::vector<std::string> part) {
    return ReadAll(identifiers_, connection, resource::Among("name", std::move(part)), all);
  });
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<IdentifierStore::Identifiers> IdentifierStore::OfSchools(
    database::Connection& connection, const std::string& scheme,
    const std::vector<std::string>& schools) const {
  Identifiers all;
  const absl::Status status = resource::InParts(schools, [&](std::vector<std::string> part) {
    resource::Where where = resource::Among("school", std::move(part));
    AddCondition(where, "scheme = ?", {scheme});
    return ReadAll(identifiers_, connection, where, all);
  });
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<IdentifierStore::Identifiers> IdentifierStore::OfSchool(
    database::Connection& connection, const std::string& school) const {
  Identifiers all;
  const absl::Status status = ReadAll(identifiers_, connection, {"school = ?", {school}}, all);
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<IdentifierStore::Identifiers> IdentifierStore::FollowedBy(
    database::Connection& connection, const std::string& successor) const {
  Identifiers all;
  const absl::Status status =
      ReadAll(identifiers_, connection, {"successor = ?", {successor}}, all);
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<std::optional<SchoolIdentifier>> IdentifierStore::OneOutside(
    database::Connection& connection, const std::string& scheme, const Period& period) const {
  resource::Where where{"scheme = ?", {scheme}};
  AddCondition(where, "(valid_from >= ? OR (valid_to > ? AND valid_to < ?))",
               {DayNumber(period.to), DayNumber(period.to), DayNumber(directory::kOpenEnd)});
  auto page = identifiers_.List(connection, where, {}, 1);
  if (!page.ok()) return page.status();
  if (page->resources.empty()) return std::nullopt;
  return std::move(page->resources.front());
}

const contract::FilterFields& IdentifierStore::Filters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"code", {"code", Kind::kText}},
      {"provenance.confidence", {"confidence", Kind::kEnumNumber, v1::Confidence_descriptor()}},
  };
  return fields;
}

resource::Where IdentifierStore::Matching(const std::string& school, const std::string& scheme,
                                          std::optional<absl::CivilDay> day,
                                          const contract::SqlCondition& filter) {
  resource::Where where{filter.sql, {}};
  for (const contract::Parameter& parameter : filter.parameters) {
    std::visit([&](const auto& value) { where.parameters.emplace_back(value); }, parameter);
  }
  if (!school.empty()) AddCondition(where, "school = ?", {school});
  if (!scheme.empty()) AddCondition(where, "scheme = ?", {scheme});
  if (day.has_value()) {
    const Value number = DayNumber(*day);
    AddCondition(where, "valid_from <= ? AND ? < valid_to", {number, number});
    // Whatever is written, nothing is in use before or after its school and its scheme.
    AddCondition(where,
                 "school IN (SELECT name FROM school WHERE valid_from <= ? AND ? < valid_to)",
                 {number, number});
    AddCondition(
        where,
        "scheme IN (SELECT name FROM identifier_scheme WHERE valid_from <= ? AND ? < valid_to)",
        {number, number});
  }
  return where;
}

}  // namespace thidua::registry
