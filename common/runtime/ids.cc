#include "common/runtime/ids.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/base/thread_annotations.h"
#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace thidua::runtime {
namespace {

// Crockford's alphabet leaves out i, l, o and u. Ascending as bytes, so that text order is number
// order.
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kRandomBits = 80;

template <size_t N>
std::array<uint8_t, N> RandomBytes() {
  std::array<uint8_t, N> bytes;
  // Cannot fail for at most 256 bytes on a kernel with getrandom(2).
  if (getentropy(bytes.data(), bytes.size()) != 0) std::abort();
  return bytes;
}

// The time in the upper 48 bits, chance in the lower 80.
absl::uint128 FreshId() {
  absl::uint128 id = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  for (uint8_t byte : RandomBytes<kRandomBits / 8>()) id = (id << 8) | byte;
  return id;
}

class IdSequence {
 public:
  // The id after all others. Within one millisecond, or while the clock is behind, it is the last
  // one plus one: as unlikely to meet another process's id as a fresh one, since each process's run
  // starts at random. Should the random part overflow, the carry moves on to the next millisecond,
  // which keeps the order.
  absl::uint128 Next() {
    const absl::uint128 fresh = FreshId();
    absl::MutexLock lock(&mutex_);
    const bool later = (fresh >> kRandomBits) > (last_ >> kRandomBits);
    last_ = later ? fresh : last_ + 1;
    return last_;
  }

 private:
  absl::Mutex mutex_;
  absl::uint128 last_ ABSL_GUARDED_BY(mutex_) = 0;
};

constexpr size_t kUuidLength = 36;

bool IsDashPosition(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

std::string NewId() {
  static IdSequence& sequence = *new IdSequence;
  absl::uint128 rest = sequence.Next();
  std::string id(kIdLength, '0');
  for (auto character = id.rbegin(); character != id.rend(); ++character) {
    *character = kAlphabet[static_cast<size_t>(absl::Uint128Low64(rest) & 31)];
    rest >>= 5;
  }
  return id;
}

bool IsId(std::string_view text) {
  // 26 characters hold 130 bits; the first one has only three of the 128.
  return text.size() == kIdLength && text[0] <= '7' &&
         text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

absl::Time IdTime(std::string_view id) {
  if (!IsId(id)) return absl::InfinitePast();
  // Ten characters of five bits: the 48 of the time behind two zeros.
  constexpr size_t kTimeCharacters = 10;
  int64_t millis = 0;
  for (char character : id.substr(0, kTimeCharacters)) {
    millis = (millis << 5) | static_cast<int64_t>(kAlphabet.find(character));
  }
  return absl::FromUnixMillis(millis);
}

std::string NewUuid4() {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<uint8_t, 16> bytes = RandomBytes<16>();
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string uuid;
  uuid.reserve(kUuidLength);
  for (uint8_t byte : bytes) {
    if (IsDashPosition(uuid.size())) uuid += '-';
    uuid += kHex[byte >> 4];
    uuid += kHex[byte & 0x0f];
  }
  return uuid;
}

bool IsUuid4(std::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool fits = IsDashPosition(i) ? text[i] == '-'
                                        : absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    if (!fits) return false;
  }
  constexpr std::string_view kVariants = "89abAB";
  return text[14] == '4' && kVariants.find(text[19]) != std::string_view::npos;
}

}  // namespace thidua::runtime
