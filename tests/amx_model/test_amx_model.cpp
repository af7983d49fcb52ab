// The model of the AMX instructions (amx_model/amx_model.h), held against their definition: what they compute, what
// they touch, and that it sees what a CPU would refuse.
#include <cstring>
#include <string>
#include <vector>

#include "amx_model/amx_model.h"
#include "catch.h"
#include "guarded_buffer.h"
#include "support.h"

using namespace ottava;

namespace {

struct Config {
  std::uint8_t bytes[64] = {};
  explicit Config(int palette = 1) { bytes[0] = static_cast<std::uint8_t>(palette); }
  Config& tile(int number, int rows, int row_bytes) {
    bytes[16 + 2 * number] = static_cast<std::uint8_t>(row_bytes & 0xFF);
    bytes[17 + 2 * number] = static_cast<std::uint8_t>(row_bytes >> 8);
    bytes[48 + number] = static_cast<std::uint8_t>(rows);
    return *this;
  }
  Config& byte(int at, int value) {
    bytes[at] = static_cast<std::uint8_t>(value);
    return *this;
  }
  void load() const { _tile_loadconfig(bytes); }
};

bool has(const std::string& words, const char* part) { return words.find(part) != std::string::npos; }

void fill(Random& random, GuardedBuffer& buffer) {
  for (std::size_t i = 0; i < buffer.size(); ++i) buffer.data()[i] = static_cast<std::uint8_t>(random.bits());
}

std::int64_t value_at(GuardedBuffer& buffer, std::size_t at, bool is_signed) {
  return is_signed ? static_cast<std::int8_t>(buffer.data()[at]) : static_cast<std::int64_t>(buffer.data()[at]);
}

}  // namespace

TEST_CASE("AMX model: products of tiles of every size, and what loads and stores touch") {
  Random random(test_seed() + 60);
  for (int repeat = 0; repeat < 2000; ++repeat) {
    const auto draw = [&random](int most) { return static_cast<std::size_t>(random.between(1, most)); };
    const std::size_t m = draw(16), n = draw(16), k = draw(16);
    const std::size_t lhs_stride = 4 * k + draw(9) - 1;
    const Side side = random.chance(2) ? Side::lower : Side::upper;
    GuardedBuffer lhs((m - 1) * lhs_stride + 4 * k, side), rhs(k * 4 * n, side), sum(m * 4 * n, side);
    fill(random, lhs);
    fill(random, rhs);
    fill(random, sum);
    const std::vector<std::uint8_t> before(sum.data(), sum.data() + sum.size());
    lhs.make_read_only();
    rhs.make_read_only();

    const bool is_signed = random.chance(2), zeroed = random.chance(2);
    const ptrdiff_t row = static_cast<ptrdiff_t>(4 * n);
    const int rows = static_cast<int>(m), depth = static_cast<int>(4 * k), bytes = static_cast<int>(4 * n);
    Config().tile(1, rows, bytes).tile(3, rows, depth).tile(7, static_cast<int>(k), bytes).load();
    _tile_loadd(1, sum.data(), row);
    if (zeroed) _tile_zero(1);
    _tile_stream_loadd(3, lhs.data(), static_cast<ptrdiff_t>(lhs_stride));
    _tile_loadd(7, rhs.data(), row);
    if (is_signed) {
      _tile_dpbssd(1, 3, 7);
    } else {
      _tile_dpbusd(1, 3, 7);
    }
    _tile_stored(1, sum.data(), row);
    REQUIRE(std::string(amx_model::take_fault()) == "");
    REQUIRE(sum.check());
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        std::int32_t old, now;
        std::memcpy(&old, before.data() + (i * n + j) * 4, 4);
        std::memcpy(&now, sum.data() + (i * n + j) * 4, 4);
        std::int64_t expected = zeroed ? 0 : old;
        for (std::size_t d = 0; d < 4 * k; ++d) {
          expected += value_at(lhs, i * lhs_stride + d, is_signed) * value_at(rhs, (d / 4 * n + j) * 4 + d % 4, true);
        }
        REQUIRE(now == static_cast<std::int32_t>(static_cast<std::uint32_t>(expected)));
      }
    }
    REQUIRE(amx_model::configured_threads() == 1);
    _tile_release();
    REQUIRE(amx_model::configured_threads() == 0);
  }
}

TEST_CASE("AMX model: a configuration clears all tiles, is stored as it was loaded, and ends with its release") {
  std::uint8_t tile[16 * 64], stored[64];
  std::memset(tile, 0x55, sizeof tile);
  const Config config = Config().tile(0, 16, 64).tile(1, 3, 8);
  config.load();
  _tile_loadd(0, tile, 64);
  config.load();
  _tile_stored(0, tile, 64);
  for (const std::uint8_t byte : tile) REQUIRE(byte == 0);
  _tile_storeconfig(stored);
  CHECK(std::memcmp(stored, config.bytes, 64) == 0);
  Config(0).load();  // the palette of INIT
  CHECK(amx_model::configured_threads() == 0);
  _tile_storeconfig(stored);
  for (const std::uint8_t byte : stored) REQUIRE(byte == 0);
  _tile_release();  // of nothing: no fault
  CHECK(std::string(amx_model::take_fault()) == "");
}

TEST_CASE("AMX model: what a CPU refuses is noted, once") {
  std::uint8_t tile[16 * 64] = {};
  const auto fault = [] {
    const std::string words = amx_model::take_fault();
    REQUIRE(std::string(amx_model::take_fault()) == "");
    return words;
  };
  _tile_zero(0);
  CHECK(has(fault(), "before LDTILECFG"));
  _tile_loadd(0, tile, 64);
  CHECK(has(fault(), "before LDTILECFG"));
  _tile_stored(0, tile, 64);
  CHECK(has(fault(), "before LDTILECFG"));
  _tile_dpbusd(0, 1, 2);
  CHECK(has(fault(), "before LDTILECFG"));

  Config(2).load();
  CHECK(has(fault(), "palette"));
  Config().byte(2, 1).load();
  CHECK(has(fault(), "reserved"));
  Config().byte(15, 1).load();
  CHECK(has(fault(), "reserved"));
  Config().tile(8, 1, 4).load();
  CHECK(has(fault(), "more tiles"));
  Config().byte(63, 1).load();
  CHECK(has(fault(), "more tiles"));
  Config().tile(0, 17, 64).load();
  CHECK(has(fault(), "too large"));
  Config().tile(7, 16, 65).load();
  CHECK(has(fault(), "too large"));
  Config().tile(7, 16, 256).load();
  CHECK(has(fault(), "too large"));
  Config().tile(0, 16, 0).load();
  CHECK(has(fault(), "without"));
  Config().tile(0, 0, 64).load();
  CHECK(has(fault(), "without"));
  Config().byte(1, 1).load();
  CHECK(has(fault(), "first row"));
  CHECK(amx_model::configured_threads() == 0);

  const auto product_of = [&fault](const Config& config) {
    config.load();
    _tile_dpbssd(0, 1, 2);
    return fault();
  };
  CHECK(product_of(Config().tile(0, 5, 12).tile(1, 5, 8).tile(2, 2, 12)).empty());
  CHECK(has(product_of(Config().tile(0, 5, 12).tile(1, 5, 8)), "without rows"));
  CHECK(has(product_of(Config().tile(0, 5, 12).tile(1, 4, 8).tile(2, 2, 12)), "sizes"));
  CHECK(has(product_of(Config().tile(0, 5, 12).tile(1, 5, 12).tile(2, 2, 12)), "sizes"));
  CHECK(has(product_of(Config().tile(0, 5, 12).tile(1, 5, 8).tile(2, 2, 16)), "sizes"));
  CHECK(has(product_of(Config().tile(0, 5, 12).tile(1, 5, 9).tile(2, 2, 12)), "lanes"));
  CHECK(has(product_of(Config().tile(0, 5, 13).tile(1, 5, 8).tile(2, 2, 13)), "lanes"));
  Config().tile(0, 4, 16).tile(1, 4, 16).load();
  _tile_dpbusd(0, 0, 1);
  CHECK(has(fault(), "not three"));
  _tile_dpbusd(0, 1, 0);
  CHECK(has(fault(), "not three"));
  _tile_dpbusd(0, 1, 1);
  CHECK(has(fault(), "not three"));
  _tile_zero(2);
  CHECK(has(fault(), "without rows"));
  _tile_release();
}
