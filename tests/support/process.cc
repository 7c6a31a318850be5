#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace thidua::testing {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "test support: %s\n", what.c_str());
  std::abort();
}

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Ours, each variable once; `added` win.
std::vector<std::string> Environment(const std::vector<std::string>& added) {
  std::set<std::string> named;
  for (const std::string& variable : added) named.insert(variable.substr(0, variable.find('=')));
  std::vector<std::string> all = added;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!named.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  return all;
}

pid_t Spawn(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
            const std::string& out_file, const std::string& err_file) {
  const std::vector<std::string> all = Environment(environment);
  const std::vector<char*> arguments = Pointers(argv);
  const std::vector<char*> variables = Pointers(all);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) Die("fork failed");
  if (child > 0) return child;
  // Only async-signal-safe calls from here to exec: other threads' locks are copied as they were.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = open(out_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int err = open(err_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
    _exit(127);
  execvpe(arguments[0], arguments.data(), variables.data());
  _exit(127);
}

bool CanListenOn(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool can = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(listener);
  return can;
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, std::string log,
                 const std::vector<std::string>& environment)
    : log_(std::move(log)) {
  if (argv[0].find('/') != std::string::npos && access(argv[0].c_str(), X_OK) != 0)
    Die(absl::StrCat("cannot run ", argv[0]));
  pid_ = Spawn(argv, environment, log_, log_);
}

Process::~Process() { Kill(); }

bool Process::Running() { return Wait(absl::ZeroDuration()) == -1; }

void Process::Kill() {
  if (ended_) return;
  Signal(SIGKILL);
  Wait(absl::InfiniteDuration());
}

void Process::Signal(int signal) {
  if (!ended_) kill(pid_, signal);
}

int Process::Wait(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!ended_) {
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      ended_ = true;
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (ended < 0 && errno != EINTR) {
      Die("a child process is lost");
    } else if (absl::Now() >= give_up) {
      return -1;
    } else {
      absl::SleepFor(absl::Milliseconds(2));
    }
  }
  return status_;
}

std::string Process::Log() const { return ReadTextFile(log_); }

CommandResult RunCommand(const std::vector<std::string>& argv,
                         const std::vector<std::string>& environment, absl::Duration patience) {
  const TemporaryDirectory directory("command");
  const std::string out = directory.path() + "/out";
  const std::string err = directory.path() + "/err";
  const pid_t child = Spawn(argv, environment, out, err);
  CommandResult result;
  const absl::Time give_up = absl::Now() + patience;
  int status = 0;
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) {
      result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    if (absl::Now() > give_up) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      break;
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  result.out = std::filesystem::exists(out) ? ReadTextFile(out) : "";
  result.err = std::filesystem::exists(err) ? ReadTextFile(err)
                                            : absl::StrCat("cannot run ", absl::StrJoin(argv, " "));
  return result;
}

CommandResult RunOrDie(const std::vector<std::string>& argv) {
  CommandResult result = RunCommand(argv);
  if (result.exit_status == 0) return result;
  Die(absl::StrCat("`", absl::StrJoin(argv, " "), "` failed:\n", result.out, result.err));
}

TemporaryDirectory::TemporaryDirectory(const std::string& purpose) {
  const char* const base = std::getenv("TMPDIR");
  path_ = absl::StrCat(base == nullptr ? "/tmp" : base, "/thidua-", purpose, "-XXXXXX");
  if (path_.size() > 80)
    path_ = absl::StrCat("/tmp/thidua-", purpose, "-XXXXXX");  // a socket's path has 107 bytes
  if (mkdtemp(path_.data()) == nullptr) Die("no temporary directory");
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadTextFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Die(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void WriteTextFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  if (chmod(path.c_str(), 0600) != 0) Die(absl::StrCat("cannot write ", path));
}

std::vector<int> FreePorts(int count) {
  std::random_device device;
  std::set<int> ports;
  for (int tries = 0; static_cast<int>(ports.size()) < count; ++tries) {
    if (tries > 10'000) Die("no free ports");
    const int port = 10'000 + static_cast<int>(device() % 22'000);
    // Never neighbours: a Galera node also takes the port behind the one it is given.
    if (ports.count(port - 1) == 0 && ports.count(port + 1) == 0 && CanListenOn(port) &&
        CanListenOn(port + 1))
      ports.insert(port);
  }
  return {ports.begin(), ports.end()};
}

}  // namespace thidua::testing
