// The functions of the headers, in the order of ottava_api and with the names of its members: lib.rs declares them and
// the table, and tests/layout.rs compares their types with the headers. All return an ottava_status.
functions! {
    status_string: ottava_status_string(status: ottava_status, text: *mut *const c_char);
    version_of_library: ottava_version(major: *mut u32, minor: *mut u32, patch: *mut u32);
    error_init: ottava_error_init(error: *mut ottava_error, bytes: u64);
    context_options_init: ottava_context_options_init(options: *mut ottava_context_options, bytes: u64);
    context_host_init: ottava_context_host_init(host: *mut ottava_context_host, bytes: u64);
    output_init: ottava_output_init(output: *mut ottava_output, bytes: u64);
    matmul_desc_init: ottava_matmul_desc_init(desc: *mut ottava_matmul_desc, bytes: u64);
    matmul_constants_init: ottava_matmul_constants_init(constants: *mut ottava_matmul_constants, bytes: u64);
    matmul_info_init: ottava_matmul_info_init(info: *mut ottava_matmul_info, bytes: u64);
    matmul_run_desc_init: ottava_matmul_run_desc_init(run: *mut ottava_matmul_run_desc, bytes: u64);
    matmul_operands_init: ottava_matmul_operands_init(operands: *mut ottava_matmul_operands, bytes: u64);
    cpu_info_init: ottava_cpu_info_init(info: *mut ottava_cpu_info, bytes: u64);
    tier_info_init: ottava_tier_info_init(info: *mut ottava_tier_info, bytes: u64);
    foreign_parameters_init: ottava_foreign_parameters_init(parameters: *mut ottava_foreign_parameters, bytes: u64);
    context_create: ottava_context_create(
        options: *const ottava_context_options, host: *const ottava_context_host, context: *mut *mut ottava_context,
        error: *mut ottava_error
    );
    context_size: ottava_context_size(bytes: *mut u64);
    context_init_at: ottava_context_init_at(
        memory: *mut c_void, bytes: u64, options: *const ottava_context_options, host: *const ottava_context_host,
        context: *mut *mut ottava_context, error: *mut ottava_error
    );
    context_destroy: ottava_context_destroy(context: *mut ottava_context);
    cpu_query: ottava_cpu_query(context: *const ottava_context, info: *mut ottava_cpu_info, error: *mut ottava_error);
    tier_query: ottava_tier_query(
        context: *const ottava_context, index: u32, info: *mut ottava_tier_info, error: *mut ottava_error
    );
    matmul_create: ottava_matmul_create(
        context: *const ottava_context, desc: *const ottava_matmul_desc, output: *const ottava_output,
        constants: *const ottava_matmul_constants, operation: *mut *mut ottava_matmul, error: *mut ottava_error
    );
    matmul_size: ottava_matmul_size(
        context: *const ottava_context, desc: *const ottava_matmul_desc, output: *const ottava_output, bytes: *mut u64,
        error: *mut ottava_error
    );
    matmul_init_at: ottava_matmul_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_matmul_desc,
        output: *const ottava_output, constants: *const ottava_matmul_constants, operation: *mut *mut ottava_matmul,
        error: *mut ottava_error
    );
    matmul_destroy: ottava_matmul_destroy(operation: *mut ottava_matmul);
    matmul_query: ottava_matmul_query(
        operation: *const ottava_matmul, m: i64, info: *mut ottava_matmul_info, error: *mut ottava_error
    );
    matmul_run: ottava_matmul_run(
        operation: *const ottava_matmul, m: i64, lhs: *const c_void, lhs_stride: i64, dst: *mut c_void, dst_stride: i64,
        workspace: *mut c_void, workspace_bytes: u64, error: *mut ottava_error
    );
    matmul_execute: ottava_matmul_execute(
        operation: *const ottava_matmul, run: *const ottava_matmul_run_desc, operands: *const ottava_matmul_operands,
        error: *mut ottava_error
    );
    matmul_workspace: ottava_matmul_workspace(
        operation: *const ottava_matmul, run: *const ottava_matmul_run_desc, bytes: *mut u64, error: *mut ottava_error
    );
    matmul_output_stage: ottava_matmul_output_stage(
        operation: *const ottava_matmul, m: i64, accumulators: *const i32, accumulator_stride: i64,
        lhs_scales: *const f32, dst: *mut c_void, dst_stride: i64, error: *mut ottava_error
    );
    range: ottava_range(
        context: *const ottava_context, count: i64, from: *const f32, smallest: *mut f32, largest: *mut f32,
        error: *mut ottava_error
    );
    quantize: ottava_quantize(
        context: *const ottava_context, quantization: u32, type_: u32, scale: f32, zero_point: i32, count: i64,
        from: *const f32, to: *mut c_void, error: *mut ottava_error
    );
    quantize_rows: ottava_quantize_rows(
        context: *const ottava_context, quantization: u32, rows: i64, columns: i64, from: *const f32, from_stride: i64,
        to: *mut c_void, to_stride: i64, scales: *mut f32, zero_points: *mut i32, error: *mut ottava_error
    );
    dequantize: ottava_dequantize(
        context: *const ottava_context, type_: u32, scale: f32, zero_point: i32, count: i64, from: *const c_void,
        to: *mut f32, error: *mut ottava_error
    );
    requantize: ottava_requantize(
        context: *const ottava_context, output: *const ottava_output, scale: f32, count: i64, from: *const i32,
        to: *mut c_void, error: *mut ottava_error
    );
    form_multiplier: ottava_form_multiplier(
        form: u32, scale: f64, multiplier: *mut i32, shift: *mut i32, relative_error: *mut f64, error: *mut ottava_error
    );
    choose_parameters: ottava_choose_parameters(
        way: u32, type_: u32, smallest: f32, largest: f32, scale: *mut f32, zero_point: *mut i32,
        error: *mut ottava_error
    );
    import_parameters: ottava_import_parameters(
        from: *const ottava_foreign_parameters, desc: *mut ottava_matmul_desc, output: *mut ottava_output,
        error: *mut ottava_error
    );
    make_table: ottava_make_table(
        function: u32, type_: u32, from_scale: f32, from_zero_point: i32, to_scale: f32, to_zero_point: i32,
        table: *mut c_void, error: *mut ottava_error
    );
    layer_run_desc_init: ottava_layer_run_desc_init(run: *mut ottava_layer_run_desc, bytes: u64);
    layer_operands_init: ottava_layer_operands_init(operands: *mut ottava_layer_operands, bytes: u64);
    layer_info_init: ottava_layer_info_init(info: *mut ottava_layer_info, bytes: u64);
    conv2d_desc_init: ottava_conv2d_desc_init(desc: *mut ottava_conv2d_desc, bytes: u64);
    conv2d_constants_init: ottava_conv2d_constants_init(constants: *mut ottava_conv2d_constants, bytes: u64);
    window_resolve: ottava_window_resolve(
        window: *const ottava_window, height: i64, width: i64, resolved: *mut ottava_window, output_height: *mut i64,
        output_width: *mut i64, error: *mut ottava_error
    );
    layer_query: ottava_layer_query(
        layer: *const ottava_layer, run: *const ottava_layer_run_desc, info: *mut ottava_layer_info,
        error: *mut ottava_error
    );
    layer_run: ottava_layer_run(
        layer: *const ottava_layer, run: *const ottava_layer_run_desc, operands: *const ottava_layer_operands,
        error: *mut ottava_error
    );
    layer_destroy: ottava_layer_destroy(layer: *mut ottava_layer);
    conv2d_create: ottava_conv2d_create(
        context: *const ottava_context, desc: *const ottava_conv2d_desc, output: *const ottava_output,
        constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    conv2d_size: ottava_conv2d_size(
        context: *const ottava_context, desc: *const ottava_conv2d_desc, output: *const ottava_output, bytes: *mut u64,
        error: *mut ottava_error
    );
    conv2d_init_at: ottava_conv2d_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_conv2d_desc,
        output: *const ottava_output, constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer,
        error: *mut ottava_error
    );
    depthwise_conv2d_desc_init: ottava_depthwise_conv2d_desc_init(desc: *mut ottava_depthwise_conv2d_desc, bytes: u64);
    depthwise_conv2d_create: ottava_depthwise_conv2d_create(
        context: *const ottava_context, desc: *const ottava_depthwise_conv2d_desc, output: *const ottava_output,
        constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    depthwise_conv2d_size: ottava_depthwise_conv2d_size(
        context: *const ottava_context, desc: *const ottava_depthwise_conv2d_desc, output: *const ottava_output,
        bytes: *mut u64, error: *mut ottava_error
    );
    depthwise_conv2d_init_at: ottava_depthwise_conv2d_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_depthwise_conv2d_desc,
        output: *const ottava_output, constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer,
        error: *mut ottava_error
    );
    transposed_conv2d_desc_init: ottava_transposed_conv2d_desc_init(
        desc: *mut ottava_transposed_conv2d_desc, bytes: u64
    );
    transposed_conv2d_create: ottava_transposed_conv2d_create(
        context: *const ottava_context, desc: *const ottava_transposed_conv2d_desc, output: *const ottava_output,
        constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    transposed_conv2d_size: ottava_transposed_conv2d_size(
        context: *const ottava_context, desc: *const ottava_transposed_conv2d_desc, output: *const ottava_output,
        bytes: *mut u64, error: *mut ottava_error
    );
    transposed_conv2d_init_at: ottava_transposed_conv2d_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_transposed_conv2d_desc,
        output: *const ottava_output, constants: *const ottava_conv2d_constants, layer: *mut *mut ottava_layer,
        error: *mut ottava_error
    );
    pool2d_desc_init: ottava_pool2d_desc_init(desc: *mut ottava_pool2d_desc, bytes: u64);
    pool2d_create: ottava_pool2d_create(
        context: *const ottava_context, desc: *const ottava_pool2d_desc, output: *const ottava_output,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    pool2d_size: ottava_pool2d_size(
        context: *const ottava_context, desc: *const ottava_pool2d_desc, output: *const ottava_output, bytes: *mut u64,
        error: *mut ottava_error
    );
    pool2d_init_at: ottava_pool2d_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_pool2d_desc,
        output: *const ottava_output, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    add_desc_init: ottava_add_desc_init(desc: *mut ottava_add_desc, bytes: u64);
    add_create: ottava_add_create(
        context: *const ottava_context, desc: *const ottava_add_desc, layer: *mut *mut ottava_layer,
        error: *mut ottava_error
    );
    add_size: ottava_add_size(
        context: *const ottava_context, desc: *const ottava_add_desc, bytes: *mut u64, error: *mut ottava_error
    );
    add_init_at: ottava_add_init_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, desc: *const ottava_add_desc,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    packed_info_init: ottava_packed_info_init(info: *mut ottava_packed_info, bytes: u64);
    packed_query: ottava_packed_query(
        packed: *const c_void, packed_bytes: u64, info: *mut ottava_packed_info, error: *mut ottava_error
    );
    packed_verify: ottava_packed_verify(packed: *const c_void, packed_bytes: u64, error: *mut ottava_error);
    matmul_save_size: ottava_matmul_save_size(
        operation: *const ottava_matmul, kernel: *const c_char, bytes: *mut u64, error: *mut ottava_error
    );
    matmul_save: ottava_matmul_save(
        operation: *const ottava_matmul, kernel: *const c_char, memory: *mut c_void, bytes: u64,
        error: *mut ottava_error
    );
    matmul_load: ottava_matmul_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        operation: *mut *mut ottava_matmul, error: *mut ottava_error
    );
    matmul_load_size: ottava_matmul_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    matmul_load_at: ottava_matmul_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, operation: *mut *mut ottava_matmul, error: *mut ottava_error
    );
    packed_source: ottava_packed_source(
        packed: *const c_void, packed_bytes: u64, name: *const c_char, source: *mut c_char, source_bytes: u64,
        length: *mut u64, error: *mut ottava_error
    );
    layer_save_size: ottava_layer_save_size(
        layer: *const ottava_layer, kernel: *const c_char, bytes: *mut u64, error: *mut ottava_error
    );
    layer_save: ottava_layer_save(
        layer: *const ottava_layer, kernel: *const c_char, memory: *mut c_void, bytes: u64, error: *mut ottava_error
    );
    conv2d_load: ottava_conv2d_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    conv2d_load_size: ottava_conv2d_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    conv2d_load_at: ottava_conv2d_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    depthwise_conv2d_load: ottava_depthwise_conv2d_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    depthwise_conv2d_load_size: ottava_depthwise_conv2d_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    depthwise_conv2d_load_at: ottava_depthwise_conv2d_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    transposed_conv2d_load: ottava_transposed_conv2d_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    transposed_conv2d_load_size: ottava_transposed_conv2d_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    transposed_conv2d_load_at: ottava_transposed_conv2d_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    pool2d_load: ottava_pool2d_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    pool2d_load_size: ottava_pool2d_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    pool2d_load_at: ottava_pool2d_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    add_load: ottava_add_load(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32,
        layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    add_load_size: ottava_add_load_size(
        context: *const ottava_context, packed: *const c_void, packed_bytes: u64, flags: u32, bytes: *mut u64,
        error: *mut ottava_error
    );
    add_load_at: ottava_add_load_at(
        memory: *mut c_void, bytes: u64, context: *const ottava_context, packed: *const c_void, packed_bytes: u64,
        flags: u32, layer: *mut *mut ottava_layer, error: *mut ottava_error
    );
    kernel_info_init: ottava_kernel_info_init(info: *mut ottava_kernel_info, bytes: u64);
    kernel_query: ottava_kernel_query(
        context: *const ottava_context, index: u32, info: *mut ottava_kernel_info, error: *mut ottava_error
    );
    knobs_init: ottava_knobs_init(knobs: *mut ottava_knobs, bytes: u64);
    context_derive: ottava_context_derive(
        parent: *const ottava_context, knobs: *const ottava_knobs, tuning: *const ottava_tuning,
        context: *mut *mut ottava_context, error: *mut ottava_error
    );
    context_derive_at: ottava_context_derive_at(
        memory: *mut c_void, bytes: u64, parent: *const ottava_context, knobs: *const ottava_knobs,
        tuning: *const ottava_tuning, context: *mut *mut ottava_context, error: *mut ottava_error
    );
    route_init: ottava_route_init(route: *mut ottava_route, bytes: u64);
    matmul_route: ottava_matmul_route(
        operation: *const ottava_matmul, m: i64, route: *mut ottava_route, error: *mut ottava_error
    );
    matmul_predict: ottava_matmul_predict(
        context: *const ottava_context, desc: *const ottava_matmul_desc, output: *const ottava_output, m: i64,
        route: *mut ottava_route, error: *mut ottava_error
    );
    layer_route: ottava_layer_route(
        layer: *const ottava_layer, run: *const ottava_layer_run_desc, route: *mut ottava_route,
        error: *mut ottava_error
    );
    tune_problem_init: ottava_tune_problem_init(problem: *mut ottava_tune_problem, bytes: u64);
    tune_options_init: ottava_tune_options_init(options: *mut ottava_tune_options, bytes: u64);
    tune: ottava_tune(
        context: *const ottava_context, problems: *const ottava_tune_problem, count: u32,
        options: *const ottava_tune_options, tuning: *mut *mut ottava_tuning, error: *mut ottava_error
    );
    tuning_destroy: ottava_tuning_destroy(tuning: *mut ottava_tuning);
    tuning_write: ottava_tuning_write(
        tuning: *const ottava_tuning, text: *mut c_char, bytes: u64, needed: *mut u64, error: *mut ottava_error
    );
    tuning_read: ottava_tuning_read(
        context: *const ottava_context, text: *const c_char, bytes: u64, flags: u32, tuning: *mut *mut ottava_tuning,
        error: *mut ottava_error
    );
    tuning_merge: ottava_tuning_merge(
        first: *const ottava_tuning, second: *const ottava_tuning, tuning: *mut *mut ottava_tuning,
        error: *mut ottava_error
    );
    tuned_info_init: ottava_tuned_info_init(info: *mut ottava_tuned_info, bytes: u64);
    tuning_query: ottava_tuning_query(
        tuning: *const ottava_tuning, index: u32, info: *mut ottava_tuned_info, error: *mut ottava_error
    );
}
