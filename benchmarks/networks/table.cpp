// Prints the tables of networks.
#include "networks/table.h"

#include <algorithm>
#include <map>

#include "masked_cpu/masked_cpu.h"
#include "text.h"

namespace bench {
namespace {

constexpr std::size_t kColumn = 15;

// A contestant of a table: its microseconds in a row, and whether they are those of a right result.
struct Cell {
  double microseconds = 0;  // 0: did not run
  bool wrong = false;
};

// Sums over layers, by column.
struct Sums {
  std::vector<Cell> cells;
  int layers = 0;
};

class Table {
 public:
  // The rows of one network on one number of threads.
  explicit Table(const LayerComparisons& rows) : rows_(rows) {
    for (const LayerContestant& c : rows[0]->contestants()) {
      if (c.library != nullptr && c.wanted) libraries_.push_back(c.library);
    }
    runs_.resize(1 + libraries_.size());
    for (const auto& row : rows_) {
      runs_[0] = runs_[0] || row->best_tier() != nullptr;
      for (std::size_t i = 0; i < libraries_.size(); ++i)
        runs_[1 + i] = runs_[1 + i] || row->find(libraries_[i]->name) != nullptr;
    }
    for (const auto& row : rows_) {
      name_width_ = std::max(name_width_, row->layers()[0].name.size() + 2);
      words_width_ = std::max(words_width_, row->layers()[0].words().size() + 2);
    }
  }

  void print(bool best, std::ostream& out) {
    const std::uint32_t threads = rows_[0]->threads();
    out << "\n"
        << rows_[0]->network() << ": microseconds (" << (best ? "best slices" : "medians") << "), " << threads
        << (threads == 1 ? " thread" : " threads") << as_masked() << "\n\n";
    out << left("layer", name_width_) << left("input, kernel", words_width_) << left("times", 5)
        << right("ottava", kColumn - 5);
    for (const LayerLibrary* library : libraries_) out << right(library->name, kColumn);
    out << "   best peer / ottava" << right("matmul", 14) << "  matmul / ottava\n";
    const LayerComparison* whole = nullptr;
    for (const auto& row : rows_) {
      if (row->is_whole()) {
        whole = row.get();
      } else {
        print_layer(*row, out);
      }
    }
    print_sums(out);
    if (whole != nullptr) {
      out << left("one after the other", name_width_ + words_width_)
          << right(std::to_string(whole->layers().size()), 5);
      print_cells(cells_of(*whole), out);
      print_ratio(*whole, out);
      out << "\n";
    }
    if (runs_[0] && sums_.count("total") != 0) print_speed(sums_.at("total").cells, out);
    print_remarks(out);
  }

  // What ottava takes over the layers that all columns have; 0 without any.
  double total() const {
    const auto found = sums_.find("total");
    return found == sums_.end() || found->second.cells.empty() ? 0 : found->second.cells[0].microseconds;
  }

 private:
  std::vector<Cell> cells_of(const LayerComparison& row) const {
    std::vector<Cell> cells(runs_.size());
    if (row.best_tier() != nullptr) cells[0].microseconds = row.best_tier()->seconds() * 1e6;
    for (std::size_t i = 0; i < libraries_.size(); ++i) {
      const LayerContestant* c = row.find(libraries_[i]->name);
      if (c != nullptr) cells[1 + i] = {c->seconds() * 1e6, c->wrong > 0};
    }
    return cells;
  }

  // How many times as fast as the best peer, or 0.
  static double print_ratio(const LayerComparison& row, std::ostream& out) {
    const LayerContestant *ottava = row.best_tier(), *peer = row.best_peer();
    const double ratio = ottava != nullptr && peer != nullptr ? speed_ratio(*ottava, *peer) : 0;
    out << (ratio > 0 ? right(number("%.2f", ratio), 7) + "  " + left(peer->name, 14) : std::string(23, ' '));
    return ratio;
  }

  void print_layer(const LayerComparison& row, std::ostream& out) {
    const Layer& layer = row.layers()[0];
    const std::vector<Cell> cells = cells_of(row);
    out << left(layer.name, name_width_) << left(layer.words(), words_width_) << right(std::to_string(layer.count), 5);
    print_cells(cells, out);
    const double ratio = print_ratio(row, out);
    if (ratio > 0 && (least_ratio_ == 0 || ratio < least_ratio_)) {
      least_ratio_ = ratio;
      least_layer_ = layer.name;
    }
    const LayerContestant* matmul = row.find("matmul");
    if (matmul != nullptr) out << right(number("%.1f", matmul->seconds() * 1e6), 11);
    if (matmul != nullptr && row.best_tier() != nullptr)
      out << right(number("%.2f", speed_ratio(*row.best_tier(), *matmul)), 9);
    out << "\n";
    bool complete = true;
    for (std::size_t i = 0; i < cells.size(); ++i) complete = complete && (cells[i].microseconds > 0 || !runs_[i]);
    if (!complete) {
      left_out_ += (left_out_.empty() ? "" : ", ") + layer.name;
      return;
    }
    for (const std::string& family : {layer.family(), std::string("total")}) {
      Sums& sums = sums_[family];
      sums.cells.resize(cells.size());
      sums.layers += layer.count;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        sums.cells[i].microseconds += layer.count * cells[i].microseconds;
        sums.cells[i].wrong = sums.cells[i].wrong || cells[i].wrong;
      }
      if (std::find(families_.begin(), families_.end(), family) == families_.end() && family != "total")
        families_.push_back(family);
    }
  }

  void print_sums(std::ostream& out) {
    out << "\n";
    if (families_.size() > 1) families_.emplace_back("total");
    for (const std::string& family : families_) {
      const Sums& sums = sums_[family];
      out << left(family == "total" ? "all layers" : family, name_width_ + words_width_)
          << right(std::to_string(sums.layers), 5);
      print_cells(sums.cells, out);
      std::size_t peer = 0;
      for (std::size_t i = 1; i < sums.cells.size(); ++i) {
        const bool better = peer == 0 || sums.cells[i].microseconds < sums.cells[peer].microseconds;
        if (!sums.cells[i].wrong && better) peer = i;
      }
      if (peer > 0 && runs_[0]) {
        out << right(number("%.2f", sums.cells[peer].microseconds / sums.cells[0].microseconds), 7) << "  "
            << libraries_[peer - 1]->name;
      }
      out << "\n";
    }
  }

  void print_remarks(std::ostream& out) const {
    if (!left_out_.empty()) out << "in no sum, for not all have run them: " << left_out_ << "\n";
    if (least_ratio_ > 0) {
      out << "least against the best peer with right results: " << number("%.2f", least_ratio_) << " at "
          << least_layer_ << "\n";
    }
    for (const auto& row : rows_) {
      for (const LayerContestant& c : row->contestants()) {
        if (c.is_layer() && c.wrong > 0)
          out << "! ottava is WRONG on " << c.name << " at " << (row->is_whole() ? "the whole" : row->layers()[0].name)
              << "\n";
      }
    }
    for (const LayerLibrary* library : libraries_) print_wrong(library, out);
  }

  // Of ottava by that of each, over all layers.
  void print_speed(const std::vector<Cell>& total, std::ostream& out) const {
    out << left("speed of ottava by that of each", name_width_ + words_width_ + 5) << std::string(kColumn - 5, ' ');
    for (std::size_t i = 1; i < total.size(); ++i)
      out << right(runs_[i] ? number("%.2f", total[i].microseconds / total[0].microseconds) : "-", kColumn);
    out << "\n";
  }

  static void print_cells(const std::vector<Cell>& cells, std::ostream& out) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string words =
          cells[i].microseconds == 0 ? "-" : (cells[i].wrong ? "!" : "") + number("%.1f", cells[i].microseconds);
      out << right(words, i == 0 ? kColumn - 5 : kColumn);
    }
  }

  void print_wrong(const LayerLibrary* library, std::ostream& out) const {
    double most = 0;
    int layers = 0;
    for (const auto& row : rows_) {
      const LayerContestant* c = row->find(library->name);
      if (c == nullptr || row->is_whole() || !(c->wrong > 0)) continue;
      most = std::max(most, c->wrong);
      ++layers;
    }
    if (layers == 0) return;
    out << "! " << library->name << " is WRONG at " << layers << (layers == 1 ? " layer" : " layers") << ", in up to "
        << number("%.2g %%", 100 * most) << " of the outputs, and there it is no peer with right results\n";
  }

  const LayerComparisons& rows_;
  std::vector<const LayerLibrary*> libraries_;
  std::vector<bool> runs_;  // which columns have anything
  std::size_t name_width_ = 7, words_width_ = 15;
  std::map<std::string, Sums> sums_;
  std::vector<std::string> families_;
  std::string left_out_, least_layer_;
  double least_ratio_ = 0;
};

}  // namespace

void print_network_tables(const LayerComparisons& comparisons, const std::string& missing, bool best,
                          std::ostream& out) {
  std::map<std::string, double> on_one;  // ottava's total by network
  bool any = false;
  for (std::size_t first = 0; first < comparisons.size();) {
    const LayerComparison& of = *comparisons[first];
    LayerComparisons rows;
    for (; first < comparisons.size(); ++first) {
      const LayerComparison& row = *comparisons[first];
      if (row.network() != of.network() || row.threads() != of.threads()) break;
      if (row.measured()) rows.push_back(comparisons[first]);
    }
    if (rows.empty()) continue;
    any = true;
    Table table(rows);
    table.print(best, out);
    if (of.threads() == 1) {
      on_one[of.network()] = table.total();
    } else if (table.total() > 0 && on_one[of.network()] > 0) {
      out << "ottava on " << of.threads() << " threads: " << number("%.2f", on_one[of.network()] / table.total())
          << " times as fast as on one\n";
    }
  }
  if (!any) return;
  out << "\npeers:\n";
  for (const LayerLibrary* library : layer_libraries()) {
    out << "  " << left(library->name, 16) << library->does
        << (library->version != nullptr ? "; " + library->version() : "") << "\n";
  }
  if (!missing.empty()) out << "not compared: " << missing << "\n";
}

}  // namespace bench
