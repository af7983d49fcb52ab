// The loops of a depthwise run, outermost first.
//
//     workers        each takes pieces until none is left
//       piece        lines of output, or some of the channels or pixels of a few of them
//         segment    up to kSegment neighbouring pixels: a table of the input pixels that they share
//           channels one call of the kernel, with its fused epilogue; or as many as an accumulator tile holds, and the
//                    output stage on it
#include "base/memory.h"
#include "operators/depthwise/depthwise.h"
#include "output/activation.h"

namespace ottava {
namespace {

constexpr size_t kSegment = 32;  // pixels at most
// Accumulators of a tile, which the output stage reads from the first-level cache, but for the channels that the last
// call takes beyond them, as they would be too few alone.
constexpr size_t kTileElements = 4096;
// That are worth a grain of their own.
constexpr size_t kLeastChannels = 64;
constexpr size_t kLeastPixels = 8;
constexpr size_t kLeastGrains = 4;  // of a worker, if there can be so many
// What a further thread costs, in products: a product takes longer here than in a contraction.
constexpr uint64_t kMinWorkPerThread = uint64_t{1} << 16;

const Depthwise& of(const Layer& layer) { return static_cast<const Depthwise&>(layer); }

// How the table of a segment is laid out: see kernels/depthwise.h.
struct TableShape {
  size_t lines;  // of output that a piece has at most
  size_t column_rows;
  size_t line_step;
  size_t stride;        // columns from pixel to pixel
  size_t dilation;      // columns from tap to tap
  bool shares_columns;  // else each pixel has columns of its own, one for each tap
  size_t segment;       // pixels of one, but perhaps of the last of a line
  size_t columns;       // of a whole segment
};

TableShape table_shape(const Depthwise& layer, const LayerShape& shape) {
  const WindowAxis &y = shape.window.y, &x = shape.window.x;
  TableShape table;
  table.lines = y.dilation == 1 ? smaller(layer.kernel->lines, shape.output_height) : 1;
  table.line_step = static_cast<size_t>(y.stride);
  table.column_rows = (table.lines - 1) * table.line_step + static_cast<size_t>(y.kernel);
  table.shares_columns = layer.kernel->kernel_width != 0 || (x.dilation == 1 && x.stride < x.kernel);
  table.stride = static_cast<size_t>(table.shares_columns ? x.stride : x.kernel);
  table.dilation = 1;
  const size_t segments = ceil_div(shape.output_width, kSegment);
  table.segment = ceil_div(shape.output_width, segments);  // even ones
  table.columns = (table.segment - 1) * table.stride + static_cast<size_t>(x.kernel);
  return table;
}

// How a group of lines is cut into grains.
struct GroupCut {
  bool by_pixels;  // else by channels
  size_t units;    // pixels or channels of a grain, but perhaps of the last
  size_t grains;
};

// By channels or by pixels, whichever makes more grains, where groups are few.
GroupCut cut_groups(const Depthwise& layer, size_t groups, size_t width, size_t wanted) {
  if (groups >= wanted) return {false, layer.output_channels, 1};
  const size_t pixels = larger(units_of_grain(width, groups, wanted), kLeastPixels);
  // Fewer channels than fill a vector are no grain; the last one takes them too.
  const size_t vectors = larger(layer.output_channels / kDepthwiseChannels, 1);
  const size_t of_grain = larger(units_of_grain(vectors, groups, wanted), kLeastChannels / kDepthwiseChannels);
  const size_t by_pixels = ceil_div(width, pixels), by_channels = ceil_div(vectors, of_grain);
  if (by_pixels > by_channels) return {true, pixels, by_pixels};
  return {false, of_grain * kDepthwiseChannels, by_channels};
}

// A run as its workers share it.
struct Run {
  const Depthwise& layer;
  const LayerRequest& request;
  TableShape table;
  size_t line_groups;  // of an image; each is a line of grains
  GroupCut cut;
  Grains grains;
  uint8_t* workspace;
  size_t slice;
  PieceCounter pieces;
};

// A worker's part of the workspace.
struct Slice {
  const uint8_t** table;
  uint8_t* padding;
  int32_t* acc;
  uint8_t* staged;
  uint8_t* repeated;  // input pixels, each channel as often as it has output channels
};

Size slice_bytes(const Depthwise& layer, const TableShape& table, Slice* slice, uint8_t* memory) {
  Size end(0);
  const auto append = [&](Size bytes) {
    uint8_t* const at = memory != nullptr ? memory + end.value() : nullptr;
    end = (end + bytes).rounded_up(kAlignment);
    return at;
  };
  const Size pixels = Size(table.columns) * table.column_rows;
  const size_t pixels_of_tile = table.lines * kSegment;
  const Size tile =
      Size(larger(kTileElements, pixels_of_tile * kDepthwiseChannels) + pixels_of_tile * kDepthwiseChannels) *
      sizeof(int32_t);
  slice->table = reinterpret_cast<const uint8_t**>(append(pixels * sizeof(void*)));
  slice->padding = append(Size(layer.output_channels));
  slice->acc = reinterpret_cast<int32_t*>(append(tile));
  slice->staged = append(layer.output.activation != Activation::none ? tile : Size(0));
  slice->repeated = append(layer.multiplier > 1 ? pixels * layer.output_channels : Size(0));
  return end;
}

size_t line_groups(const LayerShape& shape, const TableShape& table) {
  return ceil_div(shape.output_height, table.lines);
}

// Every channel `times` times.
void repeat_channels(const uint8_t* from, size_t channels, size_t times, uint8_t* to) {
  for (size_t c = 0; c < channels; ++c, to += times) set_bytes(to, from[c], times);
}

class Piece {
 public:
  Piece(const Run& run, const Slice& slice, Saturation* saturation)
      : run_(run),
        layer_(run.layer),
        window_(run.request.shape.window),
        slice_(slice),
        saturation_(saturation),
        args_() {
    const OutputPlan& output = layer_.output;
    stage_ = {};
    begin_stage(output, layer_.has_float_bias, &stage_);
    const bool plain = !run.request.accumulate && saturation == nullptr && output.fusible_to_8bit();
    fused_ = plain ? layer_.entry.fused[static_cast<size_t>(output.stage)] : nullptr;
    stage_fn_ = run.request.accumulate ? output.run_accumulating : output.run;
    args_.table = slice.table;
    args_.weights = layer_.weights;
    args_.acc = slice.acc;
    args_.layer_channels = layer_.output_channels;
    args_.kernel_height = static_cast<size_t>(window_.y.kernel);
    args_.kernel_width = static_cast<size_t>(window_.x.kernel);
    args_.stride_width = run.table.stride;
    args_.dilation_width = run.table.dilation;
    args_.column_rows = run.table.column_rows;
    args_.line_step = run.table.line_step;
    args_.dst_line_stride = static_cast<ptrdiff_t>(run.request.shape.output_width * run.request.output_pixel);
  }

  void compute(const Share& share) {
    const size_t width = run_.request.shape.output_width;
    const bool last = share.first + share.count >= run_.grains.of_line;
    const size_t first = share.first * run_.cut.units, end = first + share.count * run_.cut.units;
    Range pixels = {0, width}, channels = {0, layer_.output_channels};
    Range* const cut = run_.cut.by_pixels ? &pixels : &channels;
    cut->first = first;
    if (!last) cut->end = end;
    const size_t groups_end = share.line + run_.grains.lines(share);
    for (size_t group = share.line; group < groups_end; ++group) compute_group(group, pixels, channels);
  }

 private:
  struct Range {
    size_t first;
    size_t end;
  };

  void compute_group(size_t group, const Range& pixels, const Range& channels) {
    const LayerShape& shape = run_.request.shape;
    const size_t image = group / run_.line_groups;
    const size_t line = (group - image * run_.line_groups) * run_.table.lines;
    args_.lines = smaller(run_.table.lines, shape.output_height - line);
    const uint8_t* const input = run_.request.image(image);
    uint8_t* const output = run_.request.output_image(image) + line * shape.output_width * run_.request.output_pixel;
    for (size_t x = pixels.first; x < pixels.end; x += run_.table.segment) {
      args_.pixels = smaller(run_.table.segment, pixels.end - x);
      fill_table(input, line, x);
      run_channels(output + x * run_.request.output_pixel, channels.first, channels.end);
    }
  }

  // Where the lines of a column lie that this call needs; null for padding.
  void fill_table(const uint8_t* input, size_t line, size_t x) {
    const LayerShape& shape = run_.request.shape;
    const size_t columns = (args_.pixels - 1) * run_.table.stride + args_.kernel_width;
    const size_t pixel = run_.request.input_pixel;
    const int64_t top = static_cast<int64_t>(line) * window_.y.stride - window_.y.before;
    const int64_t left = static_cast<int64_t>(x) * window_.x.stride - window_.x.before;
    const size_t rows = (args_.lines - 1) * run_.table.line_step + args_.kernel_height;
    if (run_.table.shares_columns && layer_.multiplier == 1 && window_.y.dilation == 1) {
      switch (run_.table.column_rows) {
        case 4: return fill_columns<4>(input, top, left, columns);
        case 5: return fill_columns<5>(input, top, left, columns);
        case 6: return fill_columns<6>(input, top, left, columns);
        case 7: return fill_columns<7>(input, top, left, columns);
        default: break;
      }
    }
    for (size_t row = 0; row < rows; ++row) {
      const int64_t from_line = top + static_cast<int64_t>(row) * window_.y.dilation;
      const bool inside = static_cast<size_t>(from_line) < shape.height;
      const uint8_t* const begin = inside ? input + static_cast<size_t>(from_line) * shape.width * pixel : nullptr;
      const uint8_t** to = slice_.table + row;
      if (run_.table.shares_columns && layer_.multiplier == 1) {
        fill_line(begin, left, columns, to);
        continue;
      }
      int64_t column = left;
      for (size_t i = 0, tap = 0; i < columns; ++i, to += run_.table.column_rows) {
        *to = inside && static_cast<size_t>(column) < shape.width
                  ? pixel_at(begin + static_cast<size_t>(column) * pixel, i * run_.table.column_rows + row)
                  : slice_.padding;
        if (run_.table.shares_columns) {
          ++column;
        } else if (++tap < args_.kernel_width) {
          column += window_.x.dilation;
        } else {
          tap = 0;
          column += window_.x.stride - (window_.x.extent() - 1);
        }
      }
    }
  }

  // The same column by column, for as many lines as the windows of most kernels have. (Pointers that each go on by a
  // step of their own are miscompiled by GCC 12.)
  template <size_t kRows>
  void fill_columns(const uint8_t* input, int64_t top, int64_t left, size_t columns) {
    const LayerShape& shape = run_.request.shape;
    const size_t pixel = run_.request.input_pixel;
    const int64_t end = left + static_cast<int64_t>(columns);
    const int64_t width = static_cast<int64_t>(shape.width);
    const int64_t last = end < width ? end : width;
    int64_t column = left;
    const uint8_t** to = slice_.table;
    const auto pad_to = [&](int64_t stop) {
      for (; column < stop; ++column, to += kRows) {
        for (size_t row = 0; row < kRows; ++row) to[row] = slice_.padding;
      }
    };
    pad_to(end < 0 ? end : 0);
    const uint8_t* from[kRows];
    size_t moves[kRows];  // all bits of an offset, or none: padding stays
    for (size_t row = 0; row < kRows; ++row) {
      const size_t line = static_cast<size_t>(top + static_cast<int64_t>(row));
      const bool inside = line < shape.height && column < last;
      from[row] = inside ? input + (line * shape.width + static_cast<size_t>(column)) * pixel : slice_.padding;
      moves[row] = inside ? SIZE_MAX : 0;
    }
    for (size_t offset = 0; column < last; ++column, to += kRows, offset += pixel) {
      for (size_t row = 0; row < kRows; ++row) to[row] = from[row] + (offset & moves[row]);
    }
    pad_to(end);
  }

  // Neighbouring pixels of one line from column `left` on; `line` is null where all of it is padding.
  void fill_line(const uint8_t* line, int64_t left, size_t columns, const uint8_t** to) {
    const size_t step = run_.table.column_rows, pixel = run_.request.input_pixel;
    const int64_t width = line != nullptr ? static_cast<int64_t>(run_.request.shape.width) : 0;
    const int64_t end = left + static_cast<int64_t>(columns);
    const int64_t first = left > 0 ? left : 0;
    const int64_t last = end < width ? end : width;  // behind the last pixel that is none of the padding
    int64_t column = left;
    for (; column < first && column < end; ++column, to += step) *to = slice_.padding;
    if (column < last) {
      const uint8_t* from = line + static_cast<size_t>(column) * pixel;
      for (; column < last; ++column, to += step, from += pixel) *to = from;
    }
    for (; column < end; ++column, to += step) *to = slice_.padding;
  }

  const uint8_t* pixel_at(const uint8_t* pixel, size_t entry) {
    if (layer_.multiplier == 1) return pixel;
    uint8_t* const to = slice_.repeated + entry * layer_.output_channels;
    repeat_channels(pixel, layer_.input_channels, layer_.multiplier, to);
    return to;
  }

  void run_channels(uint8_t* dst, size_t first, size_t end) {
    const size_t pixels = args_.lines * args_.pixels;
    const size_t step = larger(kTileElements / pixels / kDepthwiseChannels, 1) * kDepthwiseChannels;
    for (size_t channel = first; channel < end; channel += args_.channels) {
      args_.channel = channel;
      const size_t left = end - channel;
      args_.channels = fused_ != nullptr || left < step + kDepthwiseChannels ? left : step;
      args_.acc_stride = stage_.acc_stride = round_up(args_.channels, kDepthwiseChannels);
      args_.acc_line_stride = args_.pixels * args_.acc_stride;
      stage_.n = args_.channels;
      args_.bias = layer_.channels.bias + channel;
      stage_.multiplier = layer_.channels.multiplier + channel;
      stage_.exponent = layer_.channels.exponent + channel;
      stage_.scale = layer_.channels.scale + channel;
      stage_.bias = layer_.channels.bias_f32 + channel;
      uint8_t* const to = dst + channel * layer_.output_element_bytes;
      if (fused_ != nullptr) {
        stage_.dst = to;
        stage_.dst_row_stride = static_cast<ptrdiff_t>(run_.request.output_pixel);
        stage_.m = args_.pixels;
        fused_(&args_, &stage_);
      } else {
        layer_.entry.run(&args_);
        // Lines that follow each other in dst as they do in the tile are one.
        const size_t row_bytes = args_.pixels * run_.request.output_pixel;
        const bool whole = static_cast<size_t>(args_.dst_line_stride) == row_bytes;
        const size_t parts = whole ? 1 : args_.lines;
        stage_.m = pixels / parts;
        for (size_t part = 0; part < parts; ++part) {
          finish(part, to + static_cast<ptrdiff_t>(part) * args_.dst_line_stride);
        }
      }
    }
  }

  // The output stage on one line of the tile, or on all of them.
  void finish(size_t line, uint8_t* dst) {
    const OutputPlan& output = layer_.output;
    const bool staged = output.activation != Activation::none;
    const size_t staged_stride = args_.acc_stride * output.element_bytes;
    stage_.acc = slice_.acc + line * args_.acc_line_stride;
    stage_.dst = staged ? slice_.staged : dst;
    stage_.dst_row_stride = static_cast<ptrdiff_t>(staged ? staged_stride : run_.request.output_pixel);
    if (saturation_ != nullptr) count_saturated(stage_, output.stage, stage_fn_ != output.run, saturation_);
    stage_fn_(&stage_);
    if (!staged) return;
    activate(output, layer_.channels.table, slice_.staged, staged_stride, stage_.m, stage_.n,
             {dst, static_cast<ptrdiff_t>(run_.request.output_pixel), static_cast<ptrdiff_t>(output.element_bytes)});
  }

  const Run& run_;
  const Depthwise& layer_;
  const Window& window_;
  const Slice slice_;
  Saturation* saturation_;
  FusedDepthwiseFn fused_;
  StageFn stage_fn_;
  DepthwiseArgs args_;
  StageArgs stage_;
};

void run_worker(void* task, uint32_t index) {
  Run& run = *static_cast<Run*>(task);
  Slice slice;
  slice_bytes(run.layer, run.table, &slice, run.workspace + index * run.slice);
  set_bytes(slice.padding, run.layer.padding, run.layer.output_channels);
  Saturation saturation = {0, 0};
  Saturation* const counted = run.request.saturation;
  Piece piece(run, slice, counted != nullptr ? &saturation : nullptr);
  for (Share share; run.pieces.take(index, &share);) piece.compute(share);
  // In place of what the slice held: see add_counts.
  if (counted != nullptr) copy_bytes(run.workspace + index * run.slice, &saturation, sizeof saturation);
}

uint64_t worthwhile_workers(const Depthwise& layer, const LayerShape& shape) {
  const Size work =
      Size(shape.batch) * shape.output_pixels() * layer.output_channels * static_cast<size_t>(shape.window.taps());
  return work.valid() ? work.value() / kMinWorkPerThread : UINT64_MAX;
}

}  // namespace

Status schedule_depthwise(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough,
                          LayerSchedule* schedule, Error* error) {
  const Depthwise& depthwise = of(layer);
  const uint64_t worthwhile = worthwhile_workers(depthwise, shape);
  schedule->workers = worthwhile < threads ? static_cast<uint32_t>(worthwhile < 1 ? 1 : worthwhile) : threads;
  Slice slice;
  const Size total =
      slice_bytes(depthwise, table_shape(depthwise, shape), &slice, nullptr) * schedule->workers + Size(kAlignment - 1);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc.window") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  schedule->bytes = total.value();
  return Status::ok;
}

void run_depthwise(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace,
                   const Parallel& parallel) {
  const Depthwise& depthwise = of(layer);
  LayerSchedule schedule = {};
  Error ignored;
  if (schedule_depthwise(layer, request.shape, threads, Enough::for_run, &schedule, &ignored) != Status::ok) return;
  const TableShape table = table_shape(depthwise, request.shape);
  Slice slice;
  const size_t bytes = slice_bytes(depthwise, table, &slice, nullptr).value();
  const size_t groups_of_image = line_groups(request.shape, table), groups = groups_of_image * request.shape.batch;
  size_t wanted = 1;
  if (schedule.workers > 1) {
    const size_t each = grains_of_range(worthwhile_workers(depthwise, request.shape) / schedule.workers);
    wanted = schedule.workers * larger(each, kLeastGrains);
  }
  const GroupCut cut = cut_groups(depthwise, groups, request.shape.output_width, wanted);
  const Grains grains = grains_of_lines(groups, cut.grains);
  Run run = {depthwise,
             request,
             table,
             groups_of_image,
             cut,
             grains,
             static_cast<uint8_t*>(align_up(workspace, kAlignment)),
             bytes,
             PieceCounter(groups, schedule.workers, grains)};
  on_workers(parallel, schedule.workers, run_worker, &run);
  add_counts(run.workspace, run.slice, schedule.workers, request.saturation);
}

}  // namespace ottava
