// Dates of which a source gives only a part, as people write and read them.
#ifndef THIDUA_SERVICES_CLI_PARTIAL_DATE_H_
#define THIDUA_SERVICES_CLI_PARTIAL_DATE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"

namespace thidua::cli {

// "2021-02-03", "2021-02", "2021", or "--02-03" for a day of an unknown year. INVALID_ARGUMENT for
// anything else.
absl::StatusOr<google::type::Date> ReadPartialDate(std::string_view text);

// What ReadPartialDate reads, or in Vietnamese "03/02/2021", "02/2021", "2021", "03/02". Empty for
// a date without any part.
std::string PartialDateText(const google::type::Date& date, bool vietnamese);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PARTIAL_DATE_H_
