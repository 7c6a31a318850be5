#include "common/journal/denial_budget.h"

#include <algorithm>
#include <utility>

namespace thidua::journal {
namespace {

constexpr size_t kMostRemembered = 1000;

}  // namespace

DenialBudget::Decision DenialBudget::Decide(std::string_view caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (accounts_.size() >= kMostRemembered) ForgetWhoIsAtPeace(now);
  Account& account = accounts_[std::string(caller)];
  const absl::Time full_at = std::max(account.full_at, now) + kOneMoreAfter;
  if (full_at > now + kAtOnce * kOneMoreAfter) {
    ++account.left_out;
    return {.record = false, .left_out = account.left_out};
  }
  account.full_at = full_at;
  return {.record = true, .left_out = std::exchange(account.left_out, 0)};
}

void DenialBudget::NotRecorded(std::string_view caller, const Decision& decision) {
  absl::MutexLock lock(&mutex_);
  accounts_[std::string(caller)].left_out += decision.left_out + 1;
}

// Of whom something is still to be told is remembered for as long as the process lives.
void DenialBudget::ForgetWhoIsAtPeace(absl::Time now) {
  std::erase_if(accounts_, [&](const auto& entry) {
    return entry.second.full_at <= now && entry.second.left_out == 0;
  });
}

}  // namespace thidua::journal
