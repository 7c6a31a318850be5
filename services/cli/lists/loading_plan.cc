#include "services/cli/lists/loading_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/check_plan.h"
#include "common/contract/refusal.h"
#include "common/contract/request_check.h"
#include "common/runtime/dates.h"
#include "google/api/resource.pb.h"
#include "services/cli/lists/list_requests.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::type::Date;

const Date* DateIn(const Message& resource, const char* field) {
  const FieldDescriptor* found = resource.GetDescriptor()->FindFieldByName(field);
  if (found == nullptr || found->message_type() != Date::descriptor() ||
      !resource.GetReflection()->HasField(resource, found))
    return nullptr;
  return google::protobuf::DynamicCastToGenerated<Date>(
      &resource.GetReflection()->GetMessage(resource, found));
}

bool Earlier(const Date& a, const Date& b) {
  return std::tuple(a.year(), a.month(), a.day()) < std::tuple(b.year(), b.month(), b.day());
}

// True when the resource is to hold on fewer days than before.
bool Shortens(const Message& stored, const Message& wanted) {
  const Date* end = DateIn(wanted, "valid_to");
  const Date* old_end = DateIn(stored, "valid_to");
  const Date* start = DateIn(wanted, "valid_from");
  const Date* old_start = DateIn(stored, "valid_from");
  return (end != nullptr && (old_end == nullptr || Earlier(*end, *old_end))) ||
         (start != nullptr && (old_start == nullptr || Earlier(*old_start, *start)));
}

bool IsProvisional(const List& list, const Message& resource) {
  for (const Column& column : list.columns) {
    if (column.name == "confidence") return CellOf(column, "", resource) == "provisional";
  }
  return false;
}

std::vector<std::string> PartCells(const List& list, const Message& resource) {
  std::vector<std::string> cells;
  for (const Message* part : PartsIn(list, resource)) {
    for (const Column& column : list.columns) {
      if (column.form.has_value()) cells.push_back(column.form->Write(*part));
    }
  }
  return cells;
}

// Every resource that a request names.
void CollectNames(const Message& message, std::set<std::string>& names) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CollectNames(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                          : reflection.GetMessage(message, field),
                     names);
      } else if (field->options().HasExtension(google::api::resource_reference)) {
        names.insert(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                          : reflection.GetString(message, field));
      }
    }
  }
}

// What one resource still needs, in order.
struct Change {
  std::vector<PlannedWrite> writes;
  bool shortens = false;
};

// Puts the writes into an order in which they can be carried out: what ends ends first, from what
// hangs on others to what others hang on; then everything in the order of the lists; and nothing
// before what it names is there.
class Ordering {
 public:
  explicit Ordering(std::vector<Change> changes) {
    const auto rest = std::stable_partition(changes.begin(), changes.end(),
                                            [](const Change& change) { return change.shortens; });
    std::reverse(changes.begin(), rest);
    for (Change& change : changes) {
      for (PlannedWrite& write : change.writes) {
        first_.push_back(&write == &change.writes.front());
        if (!write.makes.empty()) makers_[write.makes] = writes_.size();
        writes_.push_back(std::move(write));
      }
    }
    placed_.assign(writes_.size(), false);
  }

  std::vector<PlannedWrite> Result() && {
    for (size_t i = 0; i < writes_.size(); ++i) Place(i);
    std::vector<PlannedWrite> ordered;
    for (const size_t i : order_) ordered.push_back(std::move(writes_[i]));
    return ordered;
  }

 private:
  void Place(size_t index) {
    if (placed_[index]) return;  // also on the way round a circle, which the server refuses
    placed_[index] = true;
    if (!first_[index]) Place(index - 1);
    std::set<std::string> names = {writes_[index].wanted->name};
    CollectNames(*writes_[index].request, names);
    for (const std::string& name : names) {
      const auto maker = makers_.find(name);
      if (maker != makers_.end()) Place(maker->second);
    }
    order_.push_back(index);
  }

  std::vector<PlannedWrite> writes_;
  std::vector<bool> first_;  // of its resource
  std::map<std::string, size_t> makers_;
  std::vector<bool> placed_;
  std::vector<size_t> order_;
};

class Planner {
 public:
  Planner(const std::vector<List>& lists, const ListFiles& files, const StoredLists& stored,
          CsvProblems& problems)
      : lists_(lists), files_(files), stored_(stored), problems_(problems) {
    for (const CsvProblem& problem : problems)
      told_.emplace(problem.file, problem.line, problem.column);
  }

  LoadingPlan Plan() {
    Complete();
    for (const List& list : lists_) {
      if (!files_.given.contains(&list)) continue;
      FileTally& tally = plan_.tallies.emplace_back();
      tally.file = list.file;
      tally.rows = files_.rows.at(list.file);
      for (const Wanted& wanted : files_.wanted) {
        if (wanted.list == &list) Compare(wanted, tally);
      }
    }
    plan_.writes = Ordering(std::move(changes_)).Result();
    return std::move(plan_);
  }

 private:
  // Every resource as it is to be in the end.
  void Complete() {
    for (const Wanted& wanted : files_.wanted) {
      std::unique_ptr<Message>& target = targets_[wanted.name];
      target = MakeMessage(*wanted.list->resource);
      if (const Message* stored = stored_.Find(wanted.name); stored != nullptr)
        target->CopyFrom(*stored);
      Apply(wanted, target.get());
      if (wanted.list->complete) wanted.list->complete(target.get(), Lookup());
    }
    for (const List& list : lists_) {
      if (!list.part.has_value() && !files_.broken.contains(&list))
        collections_.insert(CollectionOf(ExampleName(list)));
    }
  }

  static std::string ExampleName(const List& list) {
    return list.resource->options().GetExtension(google::api::resource).pattern(0);
  }

  cli::Lookup Lookup() const {
    return {[this](const std::string& name) -> const Message* {
              const auto found = targets_.find(name);
              return found == targets_.end() ? stored_.Find(name) : found->second.get();
            },
            [this](const google::protobuf::Descriptor* resource) {
              std::vector<const Message*> all;
              for (const auto& [name, target] : targets_) {
                if (target->GetDescriptor() == resource) all.push_back(target.get());
              }
              return all;
            }};
  }

  void Compare(const Wanted& wanted, FileTally& tally) {
    const Message& target = *targets_.at(wanted.name);
    const Message* stored = stored_.Find(wanted.name);
    tally.provisional += IsProvisional(*wanted.list, target) ? 1 : 0;
    CheckReferences(wanted, target);
    if (!wanted.readable) return CheckUnreadable(wanted, target);
    std::set<std::string> columns;
    if (stored != nullptr) columns = DifferingColumns(wanted, *stored, target);
    if (stored != nullptr && columns.empty()) {
      ++tally.unchanged;
      return;
    }
    Verbs verbs;
    if (wanted.list->verbs) verbs = wanted.list->verbs(stored, target, Lookup());
    if (verbs.moved_on) {
      wanted.row.Complain(
          "", absl::StrCat(wanted.name, " has gone further since and is left as it is"),
          absl::StrCat(wanted.name, " đã chuyển trạng thái khác nên giữ nguyên"), plan_.notes);
    }
    const bool nothing_left =
        stored != nullptr && verbs.acts.empty() && AllIn(columns, verbs.settled);
    if (verbs.moved_on || nothing_left) {
      ++tally.unchanged;
      return;
    }
    ++(stored == nullptr ? tally.created : tally.updated);
    if (stored == nullptr) CheckSettable(wanted, target, verbs);
    changes_.push_back(ChangeFor(wanted, stored, target, std::move(verbs)));
    for (const PlannedWrite& write : changes_.back().writes) CheckRequest(wanted, *write.request);
  }

  // The creation or update, then the verbs.
  Change ChangeFor(const Wanted& wanted, const Message* stored, const Message& target,
                   Verbs verbs) {
    Change change;
    const auto add = [&](std::unique_ptr<Message> request, const std::string& makes) {
      change.writes.push_back({&wanted, std::move(request), false, makes, !change.writes.empty()});
    };
    if (stored == nullptr && verbs.made == nullptr) {
      add(Creation(wanted, verbs.creation == nullptr ? target : *verbs.creation), wanted.name);
      change.writes.front().is_creation = true;
    } else {
      const Message& before = stored == nullptr ? *verbs.made : *stored;
      std::set<std::string> columns = DifferingColumns(wanted, before, target);
      for (const std::string& column : verbs.settled) columns.erase(column);
      change.shortens = stored != nullptr && Shortens(before, target);
      if (std::unique_ptr<Message> update = UpdateFor(wanted, before, target, columns))
        add(std::move(update), "");
    }
    // The first verb acts on what is stored when nothing is done to it before.
    if (stored != nullptr && change.writes.empty() && !verbs.acts.empty())
      SetText(verbs.acts.front().request.get(), "etag", EtagOf(*stored));
    for (Act& act : verbs.acts) add(std::move(act.request), act.makes);
    return change;
  }

  static bool AllIn(const std::set<std::string>& some, const std::set<std::string>& all) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
  }

  static std::unique_ptr<Message> Creation(const Wanted& wanted, const Message& resource) {
    return wanted.list->creation_verb ? CreationOf(resource, wanted.list->creation_verb(resource))
                                      : CreationOf(resource);
  }

  // Of a row in which some cells cannot be read, what is wrong with the others.
  void CheckUnreadable(const Wanted& wanted, const Message& target) {
    if (StandardMethod(*wanted.list->resource, "Create") != nullptr)
      CheckRequest(wanted, *Creation(wanted, target));
  }

  // The columns in which a file gives something else than what is stored.
  static std::set<std::string> DifferingColumns(const Wanted& wanted, const Message& stored,
                                                const Message& target) {
    std::set<std::string> columns;
    for (const Column& column : wanted.list->columns) {
      if (column.form.has_value() && column.form->Write(stored) != column.form->Write(target))
        columns.insert(column.name);
    }
    for (const auto& [list, rows] : wanted.parts) {
      if (PartCells(*list, stored) != PartCells(*list, target)) columns.insert(list->file);
    }
    return columns;
  }

  // Names of fields behind columns; for a file of parts, the field that they are entries of.
  static std::map<std::string, const FieldDescriptor*> FieldsOf(const Wanted& wanted) {
    std::map<std::string, const FieldDescriptor*> fields;
    for (const Column& column : wanted.list->columns) {
      if (column.form.has_value()) fields[column.name] = &column.form->path().top();
    }
    for (const auto& [list, rows] : wanted.parts) fields[list->file] = &list->part->top();
    return fields;
  }

  // Null when nothing of it can, or need, be changed.
  std::unique_ptr<Message> UpdateFor(const Wanted& wanted, const Message& stored,
                                     const Message& target, const std::set<std::string>& columns) {
    const bool never = StandardMethod(*wanted.list->resource, "Update") == nullptr;
    const auto fields = FieldsOf(wanted);
    std::set<std::string> mask;
    std::vector<std::string> fixed;
    for (const std::string& column : columns) {
      const FieldDescriptor& field = *fields.at(column);
      const bool settable = !never && !contract::Behaves(field, google::api::IMMUTABLE) &&
                            !contract::Behaves(field, google::api::OUTPUT_ONLY);
      if (settable) {
        mask.insert(field.name());
      } else {
        fixed.push_back(column);
      }
    }
    if (!fixed.empty()) {
      const std::string names = absl::StrJoin(fixed, ", ");
      wanted.row.Complain(
          fixed.front(),
          absl::StrCat(wanted.name, " is recorded with another ", names,
                       ", which loading cannot change"),
          absl::StrCat(wanted.name, " đã được ghi với ", names, " khác và không sửa được khi nạp"),
          problems_);
    }
    return mask.empty() ? nullptr : UpdateOf(target, mask, EtagOf(stored));
  }

  void CheckReferences(const Wanted& wanted, const Message& target) {
    CheckKnown(wanted.row, ParentColumn(*wanted.list), ParentOf(wanted.name));
    for (const auto& [column, name] : ReferencesIn(*wanted.list, target))
      CheckKnown(wanted.row, column, name);
    for (const auto& [list, rows] : wanted.parts) {
      const std::vector<const Message*> parts = PartsIn(*list, target);
      for (size_t i = 0; i < rows.size(); ++i) {
        for (const auto& [column, name] : ReferencesIn(*list, *parts[i]))
          CheckKnown(rows[i], column, name);
      }
    }
  }

  static std::string ParentColumn(const List& list) { return list.columns.front().name; }

  void CheckKnown(const CsvRecord& row, const std::string& column, const std::string& name) {
    if (name.empty() || !collections_.contains(CollectionOf(name)) || targets_.contains(name) ||
        stored_.Find(name) != nullptr)
      return;
    row.Complain(column, absl::StrCat(name, " is neither in the files nor recorded"),
                 absl::StrCat(name, " không có trong các tệp và cũng chưa được ghi nhận"),
                 problems_);
  }

  // A new resource has only what a caller can give it.
  void CheckSettable(const Wanted& wanted, const Message& target, const Verbs& verbs) {
    for (const Column& column : wanted.list->columns) {
      if (!column.form.has_value() || !column.form->path().output_only()) continue;
      const std::string cell = column.form->Write(target);
      if (cell.empty() || verbs.settled.contains(column.name)) continue;
      wanted.row.Complain(
          column.name, absl::StrCat(cell, " cannot be loaded; only the service sets it"),
          absl::StrCat("không nạp được ", cell, "; chỉ dịch vụ mới đặt giá trị này"), problems_);
    }
    for (const auto& [list, rows] : wanted.parts) {
      if (rows.empty() || !list->part->output_only() || verbs.settled.contains(list->file))
        continue;
      rows.front().Complain("", "cannot be loaded; only the service sets it",
                            "không nạp được; chỉ dịch vụ mới đặt giá trị này", problems_);
    }
  }

  bool IsBroken(const std::string& file) const {
    return std::any_of(files_.broken.begin(), files_.broken.end(),
                       [&](const List* list) { return list->file == file; });
  }

  // What the contract refuses; the server says the same, but only where there is one to ask.
  void CheckRequest(const Wanted& wanted, const Message& request) {
    for (const auto& violation : contract::FieldViolationsOf(contract::CheckRequest(request))) {
      if (violation.field == "etag") continue;  // left to the write before
      const Place place = PlaceOf(wanted, violation.field);
      if (IsBroken(place.column)) continue;  // what it gives is not known
      if (told_.emplace(place.row->file(), place.row->line(), place.column).second)
        place.row->Complain(place.column, violation.description, violation.description_vi,
                            problems_);
    }
  }

  const std::vector<List>& lists_;
  const ListFiles& files_;
  const StoredLists& stored_;
  CsvProblems& problems_;
  std::map<std::string, std::unique_ptr<Message>> targets_;
  std::set<std::string> collections_;  // of what has a list that can be read
  // Cells about which something was said: the first problem of a cell is enough.
  std::set<std::tuple<std::string, int64_t, std::string>> told_;
  std::vector<Change> changes_;
  LoadingPlan plan_;
};

// The column for a field, or for one that begins with it, or that it begins with.
std::string ColumnFor(const List& list, const std::string& path) {
  for (const Column& column : list.columns) {
    if (!column.form.has_value()) continue;
    const std::string& field = column.form->path().text();
    if (field == path || absl::StartsWith(path, field + "[") || absl::StartsWith(path, field + "."))
      return column.name;
  }
  for (const Column& column : list.columns) {
    if (column.form.has_value() && absl::StartsWith(column.form->path().text(), path + "."))
      return column.name;
  }
  return "";
}

}  // namespace

Place PlaceOf(const Wanted& wanted, const std::string& path) {
  const size_t dot = path.find('.');
  if (dot == std::string::npos) {
    // The request's own fields: identifier and parent, or what a verb takes.
    std::string column;
    for (const Column& each : wanted.list->columns) {
      const bool names = !each.form.has_value() && absl::EndsWith(path, "_id");
      if (names || (!each.form.has_value() && column.empty() && path == "parent"))
        column = each.name;
    }
    return {&wanted.row, column};
  }
  const std::string field = path.substr(dot + 1);
  if (field == "name") {
    std::string column;
    for (const Column& each : wanted.list->columns) {
      if (!each.form.has_value()) column = each.name;
    }
    return {&wanted.row, column};
  }
  for (const auto& [list, rows] : wanted.parts) {
    const std::string& part = list->part->text();
    if (field == part) return {&wanted.row, list->file};
    const size_t close = field.find(']');
    size_t index = 0;
    if (!absl::StartsWith(field, part + "[") || close == std::string::npos ||
        !absl::SimpleAtoi(field.substr(part.size() + 1, close - part.size() - 1), &index) ||
        index >= rows.size())
      continue;
    return {&rows[index],
            close + 2 < field.size() ? ColumnFor(*list, field.substr(close + 2)) : ""};
  }
  return {&wanted.row, ColumnFor(*wanted.list, field)};
}

LoadingPlan PlanLoading(const std::vector<List>& lists, const ListFiles& files,
                        const StoredLists& stored, CsvProblems& problems) {
  return Planner(lists, files, stored, problems).Plan();
}

}  // namespace thidua::cli
