#include "layer_subject.h"

namespace fuzz {
namespace {

ottava_window draw_window(Bytes& bytes) {
  ottava_window w = OTTAVA_WINDOW_INIT;
  w.kernel_height = static_cast<std::int32_t>(bytes.between(1, 5));
  w.kernel_width = static_cast<std::int32_t>(bytes.chance(2) ? w.kernel_height : bytes.between(1, 5));
  w.stride_height = static_cast<std::int32_t>(bytes.between(1, 4));
  w.stride_width = static_cast<std::int32_t>(bytes.chance(2) ? w.stride_height : bytes.between(1, 4));
  if (bytes.chance(3)) w.dilation_height = static_cast<std::int32_t>(bytes.between(1, 3));
  if (bytes.chance(3)) w.dilation_width = static_cast<std::int32_t>(bytes.between(1, 3));
  w.padding = bytes.below(3);
  if (w.padding == OTTAVA_PADDING_EXPLICIT && bytes.chance(2)) {
    for (std::int32_t* const pad : {&w.pad_top, &w.pad_left, &w.pad_bottom, &w.pad_right}) {
      *pad = static_cast<std::int32_t>(bytes.between(0, 4));
    }
  }
  harm(bytes, &w, sizeof w);
  return w;
}

// The functions and sizes of a kind of convolution.
struct Sizes {
  Wide input, output, groups;
};
void draw_sizes(Bytes& bytes, ottava_conv2d_desc* d) {
  d->groups = bytes.chance(3) ? bytes.between(1, 6) : 1;
  d->input_channels = d->groups * bytes.between(0, bytes.chance(4) ? 40 : 8);
  d->output_channels = d->groups * bytes.between(0, bytes.chance(4) ? 40 : 8);
}
void draw_sizes(Bytes& bytes, ottava_transposed_conv2d_desc* d) {
  d->groups = bytes.chance(3) ? bytes.between(1, 6) : 1;
  d->input_channels = d->groups * bytes.between(0, 20), d->output_channels = d->groups * bytes.between(0, 20);
  if (d->window.padding == OTTAVA_PADDING_EXPLICIT && bytes.chance(2)) {
    d->adjustment_height = static_cast<std::int32_t>(bytes.between(0, 4));
    d->adjustment_width = static_cast<std::int32_t>(bytes.between(0, 4));
  }
}
void draw_sizes(Bytes& bytes, ottava_depthwise_conv2d_desc* d) {
  d->channels = bytes.between(0, bytes.chance(4) ? 120 : 24), d->multiplier = bytes.chance(3) ? bytes.between(1, 5) : 1;
}
template <class Desc>
Sizes sizes_of(const Desc& d) {
  return {d.input_channels, d.output_channels, d.groups};
}
Sizes sizes_of(const ottava_depthwise_conv2d_desc& d) {
  return {d.channels, Wide{d.channels} * d.multiplier, d.channels > 0 ? d.channels : 1};
}
void add_adjustments(const ottava_transposed_conv2d_desc& d, Subject* subject) {
  subject->transposed = true;
  subject->adjustment_height = d.adjustment_height, subject->adjustment_width = d.adjustment_width;
}
template <class Desc>
void add_adjustments(const Desc&, Subject*) {}

template <class Desc>
struct Convolution : Subject {
  Convolution(Bytes& bytes, const Desc& defaults) : desc(defaults), constants(OTTAVA_CONV2D_CONSTANTS_INIT) {
    Desc& d = desc.value;
    d.window = draw_window(bytes);
    draw_sizes(bytes, &d);
    d.flags = bytes.below(2);
    d.input_type = bytes.below(2) + 1, d.weights_type = bytes.below(2) + 1, d.weights_layout = bytes.below(2);
    d.input_zero_point = static_cast<std::int32_t>(draw_element(bytes.bits(2), d.input_type));
    if (bytes.chance(2)) d.weights_zero_point = static_cast<std::int32_t>(draw_element(bytes.bits(2), d.weights_type));
    const float scales[] = {1.0f, 0.5f, 0.031f, 3e-20f};
    d.input_scale = bytes.pick(scales), d.weights_scale = bytes.pick(scales);
    harm(bytes, &d, sizeof d);
    const Sizes sizes = sizes_of(d);
    const bool small = sizes.output >= 0 && sizes.output <= kMostElements;
    output = std::make_unique<Output>(bytes, small ? static_cast<std::int64_t>(sizes.output) : -1);

    const Wide taps = Wide{d.window.kernel_height} * d.window.kernel_width;
    const bool sound = small && sizes.input >= 0 && sizes.input <= (Wide{1} << 40) && sizes.groups > 0 && taps > 0;
    depth = sound ? sizes.input / sizes.groups : 0;
    const Wide count = sizes.output * depth * taps;
    has_arrays = sound && count <= kMostElements;
    const std::uint64_t seed = bytes.bits(4);
    if (has_arrays) {
      const std::size_t weights_count = static_cast<std::size_t>(count);
      for (std::size_t i = 0; i < weights_count; ++i) {
        weights.push_back(
            static_cast<std::uint8_t>(draw_element((seed + 1) * 0x9E3779B97F4A7C15u * (i + 1) >> 40, d.weights_type)));
      }
      constants->weights = weights.data();
      const bool own_scales = bytes.chance(3), own_zeros = bytes.chance(3);
      for (std::size_t n = 0; n < static_cast<std::size_t>(sizes.output); ++n) {
        scales_of.push_back(own_scales ? d.weights_scale * static_cast<float>(n % 7 + 1) / 4.0f : d.weights_scale);
        zeros_of.push_back(own_zeros ? static_cast<std::int32_t>(draw_element(seed * (n + 3) >> 7, d.weights_type))
                                     : d.weights_zero_point);
      }
      if (own_scales) constants->weights_scales = scales_of.data();
      if (own_zeros) constants->weights_zero_points = zeros_of.data();
    }
    if (bytes.chance(40)) constants->weights = nullptr;
    if (bytes.chance(40)) constants->reserved = 1;
    describe(sizes, taps);
  }

  void describe(const Sizes& sizes, Wide taps) {
    const Desc& d = desc.value;
    input_channels = static_cast<std::int64_t>(sizes.input);
    output_channels = static_cast<std::int64_t>(sizes.output);
    input_type = d.input_type, output_type = output->numbers->type;
    window = d.window;
    products = has_arrays ? sizes.output * depth * taps : 0;
    adds = output->adds(), counts = true;
    add_adjustments(d, this);
    if (!output->has_oracle()) return;
    compute = [this](const oracle::Image& input, const oracle::Image& second, const oracle::Image* previous,
                     const Place& place,
                     oracle::Counts* counts) { return computed(input, second, previous, place, counts); };
  }

  oracle::Image computed(const oracle::Image& input, const oracle::Image& second, const oracle::Image* previous,
                         const Place& place, oracle::Counts* counts) const {
    const Desc& d = desc.value;
    const ottava_window& w = d.window;
    oracle::Convolution c;
    c.kernel_height = w.kernel_height, c.kernel_width = w.kernel_width;
    c.stride_height = w.stride_height, c.stride_width = w.stride_width;
    c.dilation_height = w.dilation_height, c.dilation_width = w.dilation_width;
    c.pad_top = place.pad_top, c.pad_left = place.pad_left;
    c.output_height = place.height, c.output_width = place.width, c.output_channels = output_channels;
    c.groups = static_cast<std::int64_t>(sizes_of(d).groups);
    c.input_zero_point = d.input_zero_point;
    c.transposed = transposed;
    c.weights_zero_points.assign(zeros_of.begin(), zeros_of.end());
    const std::int64_t line = static_cast<std::int64_t>(depth) * w.kernel_height * w.kernel_width;
    for (std::int64_t n = 0; n < c.output_channels; ++n) {
      for (std::int64_t i = 0; i < line; ++i) {
        const std::int64_t at = d.weights_layout == OTTAVA_WEIGHTS_OHWI ? n * line + i : i * c.output_channels + n;
        const std::uint8_t raw = weights[static_cast<std::size_t>(at)];
        c.weights.push_back(d.weights_type == OTTAVA_TYPE_S8 ? static_cast<std::int8_t>(raw) : raw);
      }
    }
    oracle::Image result = oracle::convolve(input, c, output->stage(d.input_scale, scales_of), previous, counts);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
      result.values[i] = output->finished(result.values[i], output->adds() ? second.values[i] : 0);
    }
    return result;
  }

  Sized<Desc> desc;
  Sized<ottava_conv2d_constants> constants;
  std::unique_ptr<Output> output;
  std::vector<std::uint8_t> weights;
  std::vector<float> scales_of;
  std::vector<std::int32_t> zeros_of;
  Wide depth = 0;
};

ottava_pool2d_desc draw_pool(Bytes& bytes) {
  ottava_pool2d_desc d = OTTAVA_POOL2D_DESC_INIT;
  d.window = draw_window(bytes);
  d.kind = bytes.below(3), d.flags = bytes.chance(4) ? OTTAVA_POOL_GLOBAL : 0;
  if ((d.flags & OTTAVA_POOL_GLOBAL) != 0 && !bytes.chance(8)) d.window = ottava_window OTTAVA_WINDOW_INIT;
  d.channels = bytes.between(0, 40);
  d.input_type = bytes.below(2) + 1;
  d.input_zero_point = static_cast<std::int32_t>(draw_element(bytes.bits(2), d.input_type));
  d.input_scale = bytes.chance(2) ? 1.0f : 0.03f;
  harm(bytes, &d, sizeof d);
  return d;
}

struct Pool : Subject {
  explicit Pool(Bytes& bytes) : desc(draw_pool(bytes)), output(bytes, -1), no_output(bytes.chance(4)) {
    const ottava_pool2d_desc& d = desc.value;
    ottava_output& o = output.numbers.value;
    if (no_output) o = ottava_output OTTAVA_OUTPUT_INIT;  // what was drawn reaches nobody
    if (no_output || (d.kind != OTTAVA_POOL_AVERAGE_RESCALED && !bytes.chance(4))) {
      o.type = d.input_type, o.zero_point = d.input_zero_point, o.scale = d.input_scale;
      o.activation = OTTAVA_ACTIVATION_NONE, o.table = nullptr, o.addition = nullptr;
    }
    input_channels = output_channels = d.channels;
    input_type = d.input_type, output_type = no_output ? d.input_type : o.type;
    window = d.window;
    global = (d.flags & OTTAVA_POOL_GLOBAL) != 0;
    products = Wide{d.window.kernel_height} * d.window.kernel_width * d.channels;
    if (global) products = Wide{d.channels} * 4096;
    compute = [this](const oracle::Image& input, const oracle::Image&, const oracle::Image*, const Place& place,
                     oracle::Counts*) { return computed(input, place); };
  }

  oracle::Image computed(const oracle::Image& input, const Place& place) const {
    const ottava_pool2d_desc& d = desc.value;
    const oracle::Pooling kinds[] = {oracle::Pooling::max, oracle::Pooling::average, oracle::Pooling::average_rescaled};
    oracle::Pool p;
    p.kind = kinds[d.kind];
    p.kernel_height = global ? input.height : d.window.kernel_height;
    p.kernel_width = global ? input.width : d.window.kernel_width;
    p.stride_height = d.window.stride_height, p.stride_width = d.window.stride_width;
    p.dilation_height = d.window.dilation_height, p.dilation_width = d.window.dilation_width;
    p.pad_top = place.pad_top, p.pad_left = place.pad_left;
    p.output_height = place.height, p.output_width = place.width;
    p.input_zero_point = d.input_zero_point, p.input_scale = d.input_scale;
    oracle::Stage stage = output.stage(1.0f, {1.0f});
    if (no_output) stage.clamp_min = lowest(d.input_type), stage.clamp_max = highest(d.input_type);
    return oracle::pool(input, p, stage);
  }

  Sized<ottava_pool2d_desc> desc;
  Output output;
  bool no_output;
};

struct Addition : Subject {
  explicit Addition(Bytes& bytes) : desc(draw_addition(bytes, bytes.below(2) + 1, 0.02f)) {
    ottava_add_desc& d = desc.value;
    d.channels = bytes.between(0, 40);
    harm(bytes, &d, sizeof d);
    input_channels = output_channels = d.channels;
    input_type = output_type = d.type;
    products = d.channels;
    adds = in_place = true;
    compute = [&d](const oracle::Image& input, const oracle::Image& second, const oracle::Image*, const Place&,
                   oracle::Counts*) {
      const oracle::Sum sum = sum_of(d, d.type, d.first_scale, d.first_zero_point);
      oracle::Image result = input;
      for (std::size_t i = 0; i < result.values.size(); ++i) {
        result.values[i] = oracle::add(sum, input.values[i], second.values[i]);
      }
      return result;
    };
  }

  Sized<ottava_add_desc> desc;
};

template <class Desc, class Create, class Size, class InitAt>
std::unique_ptr<Subject> draw_convolution(Bytes& bytes, const Desc& defaults, Create create, Size size,
                                          InitAt init_at) {
  auto c = std::make_unique<Convolution<Desc>>(bytes, defaults);
  const Desc* const desc = &c->desc.value;
  const ottava_output* const output = &c->output->numbers.value;
  const ottava_conv2d_constants* const constants = &c->constants.value;
  c->create = [=](auto context, auto layer, auto error) {
    return create(context, desc, output, constants, layer, error);
  };
  c->size = [=](auto context, auto to, auto error) { return size(context, desc, output, to, error); };
  c->init_at = [=](auto memory, auto n, auto context, auto layer, auto error) {
    return init_at(memory, n, context, desc, output, constants, layer, error);
  };
  return c;
}

std::unique_ptr<Subject> draw_pool_subject(Bytes& bytes) {
  auto p = std::make_unique<Pool>(bytes);
  const ottava_pool2d_desc* const desc = &p->desc.value;
  const ottava_output* const output = p->no_output ? nullptr : &p->output.numbers.value;
  p->create = [=](auto context, auto layer, auto error) {
    return ottava_pool2d_create(context, desc, output, layer, error);
  };
  p->size = [=](auto context, auto to, auto error) { return ottava_pool2d_size(context, desc, output, to, error); };
  p->init_at = [=](auto memory, auto n, auto context, auto layer, auto error) {
    return ottava_pool2d_init_at(memory, n, context, desc, output, layer, error);
  };
  return p;
}

std::unique_ptr<Subject> draw_addition_subject(Bytes& bytes) {
  auto a = std::make_unique<Addition>(bytes);
  const ottava_add_desc* const desc = &a->desc.value;
  a->create = [=](auto context, auto layer, auto error) { return ottava_add_create(context, desc, layer, error); };
  a->size = [=](auto context, auto to, auto error) { return ottava_add_size(context, desc, to, error); };
  a->init_at = [=](auto memory, auto n, auto context, auto layer, auto error) {
    return ottava_add_init_at(memory, n, context, desc, layer, error);
  };
  return a;
}

}  // namespace

std::unique_ptr<Subject> draw_subject(Bytes& bytes) {
  switch (bytes.below(5)) {
    case 0:
      return draw_convolution(bytes, ottava_conv2d_desc OTTAVA_CONV2D_DESC_INIT, ottava_conv2d_create,
                              ottava_conv2d_size, ottava_conv2d_init_at);
    case 1:
      return draw_convolution(bytes, ottava_depthwise_conv2d_desc OTTAVA_DEPTHWISE_CONV2D_DESC_INIT,
                              ottava_depthwise_conv2d_create, ottava_depthwise_conv2d_size,
                              ottava_depthwise_conv2d_init_at);
    case 2:
      return draw_convolution(bytes, ottava_transposed_conv2d_desc OTTAVA_TRANSPOSED_CONV2D_DESC_INIT,
                              ottava_transposed_conv2d_create, ottava_transposed_conv2d_size,
                              ottava_transposed_conv2d_init_at);
    case 3: return draw_pool_subject(bytes);
    default: return draw_addition_subject(bytes);
  }
}

}  // namespace fuzz
