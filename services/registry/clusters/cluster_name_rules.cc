#include "services/registry/clusters/cluster_name_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"

namespace thidua::registry {
namespace {

using directory::Period;
using v1::Cluster;

const Abbreviations& OfClusters() {
  static const auto& abbreviations = *new Abbreviations{
      {"bg", "bien gioi"},
      {"btb", "bac trung bo"},
      {"dbscl", "dong bang song cuu long"},
      {"dbsh", "dong bang song hong"},
      {"dnb", "dong nam bo"},
      {"mn", "mien nui"},
      {"mnbg", "mien nui bien gioi"},
      {"mnbgpb", "mien nui bien gioi phia bac"},
      {"mnpb", "mien nui phia bac"},
      {"ntb", "nam trung bo"},
      {"pb", "phia bac"},
      {"tdmn", "trung du mien nui"},
      {"tdmnpb", "trung du mien nui phia bac"},
      {"tn", "tay nguyen"},
      {"tw", "trung uong"},
  };
  return abbreviations;
}

// Words of every cluster's name, and of none of their regions. "TĐ" is thi đua.
const std::set<std::string>& WordsOfAll() {
  static const auto& words =
      *new std::set<std::string>{"cac", "chinh", "cum", "dua",    "khoi", "khu", "so",
                                 "thi", "tinh",  "tri", "truong", "va",   "vuc", "vung"};
  return words;
}

Period PeriodOf(const directory::SchoolMap& map, const Cluster& cluster) {
  const v1::ClusterRegime* regime =
      map.Regime(contract::SegmentAfter(cluster.regime(), "clusterRegimes").value_or(""));
  if (regime == nullptr) return {directory::kOpenStart, directory::kOpenStart};
  return directory::PeriodOf(*regime).value_or(
      Period{directory::kOpenStart, directory::kOpenStart});
}

}  // namespace

std::string ReadClusterName(std::string_view text) {
  const Words words = ComparableWords(text, OfClusters());
  Words core;
  for (size_t i = 0; i < words.size(); ++i) {
    if (WordsOfAll().contains(words[i])) continue;
    // "miền Đông Nam Bộ" is the region "Đông Nam Bộ"; in "miền núi" the word is part of the name.
    if (words[i] == "mien" && (i + 1 == words.size() || words[i + 1] != "nui")) continue;
    core.push_back(words[i]);
  }
  return absl::StrJoin(core, " ");
}

ClusterNames::ClusterNames(std::shared_ptr<const directory::SchoolMap> map) : map_(std::move(map)) {
  for (const std::string_view id : map_->Clusters()) {
    const Cluster& cluster = *map_->Cluster(id);
    const Period period = PeriodOf(*map_, cluster);
    const auto add = [&](NameForm form, const std::string& recorded, KeyPart part) {
      Add({&cluster, form, recorded, period}, ReadClusterName(recorded), part);
    };
    add(NameForm::kOfficial, cluster.display_name(), KeyPart::kWhole);
    for (const std::string& alias : cluster.aliases())
      add(NameForm::kAlias, alias, KeyPart::kWhole);
    add(NameForm::kPlace, cluster.region(), KeyPart::kPlace);
    if (cluster.has_number()) {
      Add({&cluster, NameForm::kPlace, {}, period}, absl::StrCat(cluster.number()),
          KeyPart::kNumber);
    }
  }
}

void ClusterNames::Add(const Form& form, const std::string& key, KeyPart part) {
  index_.Add(key, static_cast<uint32_t>(forms_.size()), part);
  forms_.push_back(form);
}

v1::ResolveClusterNameResponse ClusterNames::Resolve(std::string_view text, absl::CivilDay day,
                                                     int max_candidates) const {
  struct Candidate {
    const Form* form;
    NameMatch match;
    bool of_the_day;
  };
  const auto rank = [](const Candidate& candidate) {
    return std::make_tuple(candidate.of_the_day, candidate.match.score);
  };
  std::map<std::string_view, Candidate> best;
  for (const NameHit& hit : index_.Find({ReadClusterName(text)})) {
    const Form& form = forms_[hit.form];
    Candidate candidate{&form,
                        MatchOf(hit, form.form, form.recorded, text, /*says_kind=*/true,
                                /*same_kind=*/hit.part == KeyPart::kWhole),
                        form.period.Contains(day)};
    if (!candidate.of_the_day) MarkOtherDay(candidate.match);
    const auto [place, is_new] = best.try_emplace(form.cluster->name(), candidate);
    if (!is_new && rank(place->second) < rank(candidate)) place->second = std::move(candidate);
  }
  std::vector<Candidate> candidates;
  for (auto& [name, candidate] : best) candidates.push_back(std::move(candidate));
  KeepThoseThat(candidates, [](const Candidate& candidate) { return candidate.of_the_day; });
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.match.score > b.match.score; });

  v1::ResolveClusterNameResponse response;
  *response.mutable_as_of() = runtime::DayToProto(day);
  response.set_outcome(
      OutcomeOf(candidates.size(), !candidates.empty() && candidates.front().of_the_day));
  response.set_candidate_count(static_cast<int32_t>(candidates.size()));
  const auto most = static_cast<size_t>(UsualCandidates(max_candidates));
  for (size_t i = 0; i < std::min(candidates.size(), most); ++i) {
    const Candidate& candidate = candidates[i];
    v1::ClusterCandidate& shown = *response.add_candidates();
    shown.set_cluster(candidate.form->cluster->name());
    shown.set_display_name(candidate.form->cluster->display_name());
    shown.set_matched_name(std::string(candidate.form->recorded));
    SetPeriod(candidate.form->period, shown);
    shown.set_score(candidate.match.score);
    for (const v1::NameMatchReason reason : candidate.match.reasons) shown.add_reasons(reason);
    shown.set_distance(candidate.match.distance);
  }
  return response;
}

}  // namespace thidua::registry
