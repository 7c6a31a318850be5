// Programs that a test starts: each with its output in a file, none left behind when the test ends,
// however that ends.
#ifndef THIDUA_TESTS_SUPPORT_PROCESS_H_
#define THIDUA_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace thidua::testing {

// A program that runs beside the test. It dies with the thread that started it.
class Process {
 public:
  // argv[0] is looked up in PATH. Standard output and error are added to `log`; `environment`
  // ("NAME=value") to this process's own. Aborts when there is no such program.
  Process(const std::vector<std::string>& argv, std::string log,
          const std::vector<std::string>& environment = {});
  // SIGKILL, unless it has ended.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // SIGKILL: a power cut for the process. Returns when it is gone.
  void Kill();
  void Signal(int signal);
  // The exit status, or 128 + the signal that ended it; -1 when it still runs after `patience`.
  int Wait(absl::Duration patience = absl::Seconds(60));
  // What it has written so far.
  std::string Log() const;

 private:
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = -1;
  std::string log_;
};

// What a command that has ended left behind.
struct CommandResult {
  int exit_status = -1;
  std::string out;
  std::string err;
};

// Runs a command to its end; one that hangs is killed after `patience` and has exit status -1.
CommandResult RunCommand(const std::vector<std::string>& argv,
                         const std::vector<std::string>& environment = {},
                         absl::Duration patience = absl::Seconds(120));

// The same; aborts with what the command said when it fails.
CommandResult RunOrDie(const std::vector<std::string>& argv);

// A directory of this process's own, removed with the object. Its path is short enough for sockets
// in it.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::string& purpose);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Aborts when the file cannot be read or written. Written files are the user's alone.
std::string ReadTextFile(const std::string& path);
void WriteTextFile(const std::string& path, const std::string& text);

// So many ports of 127.0.0.1 that nobody listens on. They lie below the range from which the system
// takes the ports of outgoing connections, so that none is taken in the moment before it is used.
std::vector<int> FreePorts(int count);

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PROCESS_H_
