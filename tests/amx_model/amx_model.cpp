#include "amx_model/amx_model.h"

#include <atomic>
#include <cstdint>
#include <cstring>

namespace ottava {
namespace amx_model {
namespace {

// Palette 1, the only one but INIT.
constexpr int kTiles = 8;
constexpr unsigned kMaxRows = 16;
constexpr unsigned kMaxRowBytes = 64;

struct Tile {
  unsigned rows;
  unsigned row_bytes;
  std::uint8_t data[kMaxRows][kMaxRowBytes];
  bool valid() const { return rows != 0; }
};

struct State {
  bool configured;
  std::uint8_t config[64];
  Tile tiles[kTiles];
};

thread_local State state = {};
std::atomic<int> configured{0};
std::atomic<const char*> fault{nullptr};

void note(const char* words) {
  const char* none = nullptr;
  fault.compare_exchange_strong(none, words);
}

void become_init() {
  if (state.configured) configured.fetch_sub(1);
  state = {};
}

bool all_zero(const std::uint8_t* from, const std::uint8_t* to) {
  for (; from < to; ++from) {
    if (*from != 0) return false;
  }
  return true;
}

// A tile that an instruction may name; null after a fault.
Tile* tile_named(int tile) {
  if (!state.configured) {
    note("#UD: a tile is used before LDTILECFG");
  } else if (tile < 0 || tile >= kTiles) {
    note("a tile that there is not");
  } else if (!state.tiles[tile].valid()) {
    note("#UD: a tile without rows is used");
  } else {
    return &state.tiles[tile];
  }
  return nullptr;
}

std::int32_t product(bool lhs_is_signed, std::uint8_t lhs, std::uint8_t rhs) {
  const std::int32_t left = lhs_is_signed ? static_cast<std::int8_t>(lhs) : static_cast<std::int32_t>(lhs);
  return left * static_cast<std::int8_t>(rhs);
}

}  // namespace

void load_config(const void* memory) {
  std::uint8_t bytes[64];
  std::memcpy(bytes, memory, sizeof bytes);
  const unsigned palette = bytes[0];
  if (palette > 1) return note("#GP: LDTILECFG of an unknown palette");
  if (palette == 0) return become_init();
  if (!all_zero(bytes + 2, bytes + 16)) return note("#GP: LDTILECFG with reserved bytes that are not zero");
  if (!all_zero(bytes + 16 + 2 * kTiles, bytes + 48) || !all_zero(bytes + 48 + kTiles, bytes + 64)) {
    return note("#GP: LDTILECFG of more tiles than there are");
  }
  State made = {};
  made.configured = true;
  for (int i = 0; i < kTiles; ++i) {
    Tile& tile = made.tiles[i];
    tile.row_bytes = bytes[16 + 2 * i] + 256u * bytes[17 + 2 * i];
    tile.rows = bytes[48 + i];
    if (tile.row_bytes > kMaxRowBytes || tile.rows > kMaxRows) return note("#GP: LDTILECFG of too large a tile");
    if ((tile.rows == 0) != (tile.row_bytes == 0))
      return note("#GP: LDTILECFG of rows without bytes or bytes without rows");
  }
  // Only an interrupted load or store leaves another row; kernels have no use for it.
  if (bytes[1] != 0) return note("LDTILECFG with a first row other than 0");
  std::memcpy(made.config, bytes, sizeof bytes);
  if (!state.configured) configured.fetch_add(1);
  state = made;  // all tiles are zero
}

void store_config(void* memory) { std::memcpy(memory, state.config, sizeof state.config); }

void release() { become_init(); }

void zero(int tile) {
  if (Tile* const to = tile_named(tile)) std::memset(to->data, 0, sizeof to->data);
}

// Row by row only what a row has; what lies beyond in the tile becomes zero.
void load(int tile, const void* base, ptrdiff_t stride) {
  Tile* const to = tile_named(tile);
  if (to == nullptr) return;
  std::memset(to->data, 0, sizeof to->data);
  for (unsigned row = 0; row < to->rows; ++row) {
    const auto address = reinterpret_cast<std::uintptr_t>(base) + row * static_cast<std::uintptr_t>(stride);
    std::memcpy(to->data[row], reinterpret_cast<const void*>(address), to->row_bytes);
  }
}

void store(int tile, void* base, ptrdiff_t stride) {
  const Tile* const from = tile_named(tile);
  if (from == nullptr) return;
  for (unsigned row = 0; row < from->rows; ++row) {
    const auto address = reinterpret_cast<std::uintptr_t>(base) + row * static_cast<std::uintptr_t>(stride);
    std::memcpy(reinterpret_cast<void*>(address), from->data[row], from->row_bytes);
  }
}

void dot(bool lhs_is_signed, int sum, int lhs, int rhs) {
  if (sum == lhs || sum == rhs || lhs == rhs) return note("#UD: a product of tiles that are not three");
  Tile* const to = tile_named(sum);
  const Tile* const left = tile_named(lhs);
  const Tile* const right = tile_named(rhs);
  if (to == nullptr || left == nullptr || right == nullptr) return;
  if (to->row_bytes % 4 != 0 || left->row_bytes % 4 != 0 || right->row_bytes % 4 != 0) {
    return note("#UD: a product of tiles whose rows are no whole lanes");
  }
  if (to->rows != left->rows || to->row_bytes != right->row_bytes || left->row_bytes / 4 != right->rows) {
    return note("#UD: a product of tiles whose sizes do not match");
  }
  for (unsigned m = 0; m < to->rows; ++m) {
    for (unsigned k = 0; k < left->row_bytes / 4; ++k) {
      for (unsigned n = 0; n < to->row_bytes / 4; ++n) {
        std::uint32_t lane;
        std::memcpy(&lane, to->data[m] + 4 * n, sizeof lane);
        for (unsigned i = 0; i < 4; ++i) {
          lane +=
              static_cast<std::uint32_t>(product(lhs_is_signed, left->data[m][4 * k + i], right->data[k][4 * n + i]));
        }
        std::memcpy(to->data[m] + 4 * n, &lane, sizeof lane);
      }
    }
  }
  // Rows and bytes beyond those of the sum become zero; loads and LDTILECFG have left nothing else there.
}

const char* take_fault() {
  const char* const words = fault.exchange(nullptr);
  return words != nullptr ? words : "";
}

int configured_threads() { return configured.load(); }

}  // namespace amx_model
}  // namespace ottava
