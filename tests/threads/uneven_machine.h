// Machines of fast and slow cores, simulated: each worker has a clock of its own, which what it does moves on by its
// cost over the speed of its core, and only the worker that is furthest behind goes on. So the order of events is that
// of the machine, whatever this one is, and the same each time.
#ifndef OTTAVA_TESTS_UNEVEN_MACHINE_H_
#define OTTAVA_TESTS_UNEVEN_MACHINE_H_

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "contraction/tasks.h"
#include "support.h"

namespace ottava {

struct UnevenMachine {
  const char* name;
  std::vector<double> speeds;  // of the core of each worker

  double sum() const {
    double sum = 0;
    for (const double speed : speeds) sum += speed;
    return sum;
  }
  std::uint32_t workers() const { return static_cast<std::uint32_t>(speeds.size()); }
};

inline const std::vector<UnevenMachine>& uneven_machines() {
  static const std::vector<UnevenMachine> machines = {
      {"2 alike", {1, 1}},
      {"1 and 1 slower by 1.3", {1.3, 1}},
      {"1 and 1 slower by 2.5", {2.5, 1}},
      {"4 alike", {1, 1, 1, 1}},
      {"2 and 2 slower by 2.5", {2.5, 2.5, 1, 1}},
      {"2 and 2 slower by 2.5, mixed", {1, 2.5, 1, 2.5}},
      {"1 and 3 slower by 2.5", {2.5, 1, 1, 1}},
      {"3 and 1 slower by 2.5", {2.5, 2.5, 2.5, 1}},
      {"4 and 4 slower by 1.3", {1.3, 1.3, 1.3, 1.3, 1, 1, 1, 1}},
      {"4 and 4 slower by 2.5", {2.5, 2.5, 2.5, 2.5, 1, 1, 1, 1}},
      {"1, 3 and 4 of three kinds", {4, 2.5, 2.5, 2.5, 1, 1, 1, 1}},
  };
  return machines;
}

// By how much runs end after the ideal, relative to it.
struct Overruns {
  double sum = 0, worst = 0;
  int runs = 0;

  void add(double over) {
    sum += over;
    worst = std::max(worst, over);
    ++runs;
  }
  void tell(const char* what) const {
    char line[96];
    std::snprintf(line, sizeof line, "uneven cores: %d long %s end %.1f %% after the ideal, at most %.1f %%", runs,
                  what, 100 * sum / runs, 100 * worst);
    report(line);
  }
};

// A host whose threads are the cores of such a machine.
class UnevenHost {
 public:
  explicit UnevenHost(const UnevenMachine& machine)
      : machine_(machine), clocks_(machine.speeds.size()), running_(machine.speeds.size()) {}

  Parallel parallel() { return {run, this}; }

  // A task for the first core.
  template <class Task>
  void alone(const Task& task) {
    struct Call {
      static void one(void* call, std::uint32_t) { (*static_cast<const Task*>(call))(); }
    };
    run(this, 1, Call::one, const_cast<Task*>(&task));
  }

  double longest() const { return *std::max_element(clocks_.begin(), clocks_.end()); }

  // On the caller's core, which then waits until it is behind the others. Nothing where the caller is no core.
  static void spend(double cost) {
    if (host_ == nullptr) return;
    std::unique_lock<std::mutex> lock(host_->mutex_);
    host_->clocks_[core_] += cost / host_->machine_.speeds[core_];
    host_->wait_for_turn(lock);
  }
  static std::uint32_t core() { return core_; }

 private:
  static void run(void* user, std::uint32_t count, TaskFn fn, void* task) {
    UnevenHost& host = *static_cast<UnevenHost*>(user);
    std::fill(host.running_.begin(), host.running_.begin() + static_cast<std::ptrdiff_t>(count), true);
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < count; ++i) {
      threads.emplace_back([&host, fn, task, i] {
        host_ = &host;
        core_ = i;
        spend(0);
        fn(task, i);
        const std::lock_guard<std::mutex> lock(host.mutex_);
        host.running_[i] = false;
        host.turned_.notify_all();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void wait_for_turn(std::unique_lock<std::mutex>& lock) {
    const std::uint32_t core = core_;
    turned_.notify_all();
    turned_.wait(lock, [this, core] {
      for (std::uint32_t i = 0; i < clocks_.size(); ++i) {
        if (running_[i] && (clocks_[i] < clocks_[core] || (i < core && clocks_[i] <= clocks_[core]))) return false;
      }
      return true;
    });
  }

  const UnevenMachine& machine_;
  std::vector<double> clocks_;
  std::vector<bool> running_;
  std::mutex mutex_;
  std::condition_variable turned_;
  inline static thread_local UnevenHost* host_ = nullptr;
  inline static thread_local std::uint32_t core_ = 0;
};

}  // namespace ottava

#endif  // OTTAVA_TESTS_UNEVEN_MACHINE_H_
