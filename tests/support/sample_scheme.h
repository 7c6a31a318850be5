// The shipped sample scheme, read from the checkout.
#ifndef THIDUA_TESTS_SUPPORT_SAMPLE_SCHEME_H_
#define THIDUA_TESTS_SUPPORT_SAMPLE_SCHEME_H_

#include <fstream>
#include <sstream>
#include <string>

#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::testing {

// As a caller would send it. Unknown fields are a failure.
inline awards::v1::ScoringScheme SampleScheme() {
  std::ifstream file(THIDUA_SOURCE_DIR "/services/awards/scoring/sample_scheme.json");
  std::stringstream json;
  json << file.rdbuf();
  awards::v1::ScoringScheme scheme;
  const auto read = google::protobuf::util::JsonStringToMessage(json.str(), &scheme);
  EXPECT_TRUE(read.ok()) << read.ToString();
  return scheme;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_SAMPLE_SCHEME_H_
