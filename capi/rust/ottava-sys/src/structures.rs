// The structures of the headers, in their order: lib.rs makes types of them, and tests/layout.rs compares size,
// alignment and every field with the headers. A trailing underscore keeps a keyword apart.
structures! {
    /// Receives the words behind a status.
    ottava_error {
        struct_size: u32,
        status: ottava_status,
        argument: [c_char; 48],
        message: [c_char; 200],
    }
    /// What a context may use: threads, tiers.
    ottava_context_options {
        struct_size: u32,
        flags: u32,
        threads: u32,
        tier_cap: u32,
    }
    /// What the host supplies: memory, threads, the name of a kernel.
    ottava_context_host {
        struct_size: u32,
        reserved: u32,
        allocate: ottava_allocate_fn,
        release: ottava_release_fn,
        allocator_user: *mut c_void,
        parallel_for: ottava_parallel_for_fn,
        parallel_user: *mut c_void,
        kernel: *const c_char,
    }
    /// What becomes of accumulators, the same for every operator.
    ottava_output {
        struct_size: u32,
        flags: u32,
        type_: u32,
        zero_point: i32,
        scale: f32,
        requantization: u32,
        parameters: u32,
        multiplier: i32,
        shift: i32,
        clamp_min: i32,
        clamp_max: i32,
        clamp_min_f32: f32,
        clamp_max_f32: f32,
        activation: u32,
        tanh_zero: i32,
        tanh_amplitude: i32,
        bias: *const i32,
        bias_f32: *const f32,
        multipliers: *const i32,
        shifts: *const i32,
        table: *const c_void,
        addition: *const ottava_add_desc,
    }
    /// A product, in numbers.
    ottava_matmul_desc {
        struct_size: u32,
        flags: u32,
        n: i64,
        k: i64,
        max_m: i64,
        rhs_stride: i64,
        lhs_type: u32,
        lhs_order: u32,
        lhs_zero_point: i32,
        lhs_scale: f32,
        lhs_quantization: u32,
        lhs_quantized_type: u32,
        rhs_type: u32,
        rhs_order: u32,
        rhs_zero_point: i32,
        rhs_scale: f32,
        dst_order: u32,
        reserved: u32,
    }
    /// A product's constant arrays, read at creation and not kept.
    ottava_matmul_constants {
        struct_size: u32,
        reserved: u32,
        rhs: *const c_void,
        rhs_scales: *const f32,
        rhs_zero_points: *const i32,
    }
    /// What became of a product: kernel, sizes, exactness.
    ottava_matmul_info {
        struct_size: u32,
        tier: u32,
        tile_m: u32,
        tile_n: u32,
        tile_k: u32,
        threads: u32,
        packed_bytes: u64,
        workspace_bytes: u64,
        max_exact_k: u64,
        kernel: [c_char; 48],
        reason: [c_char; 208],
        wrapping_channels: u64,
        exactness: u32,
        row_granularity: u32,
        column_granularity: u32,
        route: [c_char; 132],
    }
    /// One run of a product, in numbers.
    ottava_matmul_run_desc {
        struct_size: u32,
        flags: u32,
        m: i64,
        lhs_stride: i64,
        rhs_stride: i64,
        dst_stride: i64,
        batches: i64,
        lhs_batch_stride: i64,
        rhs_batch_stride: i64,
        dst_batch_stride: i64,
        first_row: i64,
        rows: i64,
        first_column: i64,
        columns: i64,
        second_stride: i64,
        second_batch_stride: i64,
        n: i64,
        k: i64,
    }
    /// The memory that one run of a product works on.
    ottava_matmul_operands {
        struct_size: u32,
        reserved: u32,
        lhs: *const c_void,
        rhs: *const c_void,
        dst: *mut c_void,
        lhs_scales: *const f32,
        lhs_zero_points: *const i32,
        lhs_matrices: *const *const c_void,
        rhs_matrices: *const *const c_void,
        dst_matrices: *const *mut c_void,
        saturated: *mut u64,
        workspace: *mut c_void,
        workspace_bytes: u64,
        second: *const c_void,
        second_matrices: *const *const c_void,
    }
    /// What was detected of the CPU.
    ottava_cpu_info {
        struct_size: u32,
        architecture: u32,
        cores: u32,
        core_kinds: u32,
        l1d_bytes: u64,
        l2_bytes: u64,
        l3_bytes: u64,
        caches_known: u32,
        optimized: u32,
        name: [c_char; 96],
        features: [c_char; 144],
    }
    /// One tier and whether it can be used.
    ottava_tier_info {
        struct_size: u32,
        tier: u32,
        built: u32,
        detected: u32,
        usable: u32,
        reserved: u32,
        name: [c_char; 24],
        kernel: [c_char; 48],
        reason: [c_char; 128],
    }
    /// Which pixels of the input an output pixel is computed from.
    ottava_window {
        kernel_height: i32,
        kernel_width: i32,
        stride_height: i32,
        stride_width: i32,
        dilation_height: i32,
        dilation_width: i32,
        pad_top: i32,
        pad_left: i32,
        pad_bottom: i32,
        pad_right: i32,
        padding: u32,
        reserved: u32,
    }
    /// One run of a layer, in numbers.
    ottava_layer_run_desc {
        struct_size: u32,
        flags: u32,
        batch: i64,
        height: i64,
        width: i64,
        input_pixel_stride: i64,
        second_pixel_stride: i64,
        output_pixel_stride: i64,
    }
    /// The memory that one run of a layer works on.
    ottava_layer_operands {
        struct_size: u32,
        reserved: u32,
        input: *const c_void,
        second: *const c_void,
        output: *mut c_void,
        saturated: *mut u64,
        unused: *mut c_void,
        workspace: *mut c_void,
        workspace_bytes: u64,
    }
    /// What a run of one size is: its output, its memory, what computes it.
    ottava_layer_info {
        struct_size: u32,
        tier: u32,
        output_height: i64,
        output_width: i64,
        output_channels: i64,
        packed_bytes: u64,
        workspace_bytes: u64,
        threads: u32,
        reserved: u32,
        kernel: [c_char; 48],
        route: [c_char; 192],
        reason: [c_char; 208],
    }
    /// A convolution, in numbers.
    ottava_conv2d_desc {
        struct_size: u32,
        flags: u32,
        input_channels: i64,
        output_channels: i64,
        groups: i64,
        window: ottava_window,
        input_type: u32,
        input_zero_point: i32,
        input_scale: f32,
        weights_type: u32,
        weights_layout: u32,
        weights_zero_point: i32,
        weights_scale: f32,
        reserved: u32,
    }
    /// The constant arrays of a convolution of any kind, read at creation and not kept.
    ottava_conv2d_constants {
        struct_size: u32,
        reserved: u32,
        weights: *const c_void,
        weights_scales: *const f32,
        weights_zero_points: *const i32,
    }
    /// A depthwise convolution, in numbers.
    ottava_depthwise_conv2d_desc {
        struct_size: u32,
        flags: u32,
        channels: i64,
        multiplier: i64,
        window: ottava_window,
        input_type: u32,
        input_zero_point: i32,
        input_scale: f32,
        weights_type: u32,
        weights_layout: u32,
        weights_zero_point: i32,
        weights_scale: f32,
        reserved: u32,
    }
    /// A transposed convolution, in numbers.
    ottava_transposed_conv2d_desc {
        struct_size: u32,
        flags: u32,
        input_channels: i64,
        output_channels: i64,
        groups: i64,
        window: ottava_window,
        adjustment_height: i32,
        adjustment_width: i32,
        input_type: u32,
        input_zero_point: i32,
        input_scale: f32,
        weights_type: u32,
        weights_layout: u32,
        weights_zero_point: i32,
        weights_scale: f32,
        reserved: u32,
    }
    /// A pooling, in numbers.
    ottava_pool2d_desc {
        struct_size: u32,
        flags: u32,
        channels: i64,
        window: ottava_window,
        kind: u32,
        input_type: u32,
        input_zero_point: i32,
        input_scale: f32,
    }
    /// An addition of two tensors, in numbers.
    ottava_add_desc {
        struct_size: u32,
        flags: u32,
        channels: i64,
        arithmetic: u32,
        type_: u32,
        first_zero_point: i32,
        first_scale: f32,
        second_zero_point: i32,
        second_scale: f32,
        zero_point: i32,
        scale: f32,
        clamp_min: i32,
        clamp_max: i32,
    }
    /// Parameters as another system writes them.
    ottava_foreign_parameters {
        struct_size: u32,
        system: u32,
        lhs_offset: i32,
        rhs_offset: i32,
        dst_offset: i32,
        multiplier: i32,
        shift: i32,
        clamp_min: i32,
        clamp_max: i32,
        lhs_scale: f32,
        rhs_scale: f32,
        dst_scale: f32,
    }
    /// What a packed file says of itself.
    ottava_packed_info {
        struct_size: u32,
        format: u32,
        library: u32,
        operator_kind: u32,
        tier: u32,
        tile_n: u32,
        tile_k: u32,
        reserved: u32,
        bytes: u64,
        n: i64,
        k: i64,
        kernel: [c_char; 48],
    }
    /// A kernel that the library was built with.
    ottava_kernel_info {
        struct_size: u32,
        tier: u32,
        tile_m: u32,
        tile_n: u32,
        tile_k: u32,
        lhs_rows: u32,
        usable: u32,
        reserved: u32,
        name: [c_char; 64],
        reason: [c_char; 240],
    }
    /// Choices that cost only time; 0 leaves one to the library.
    ottava_knobs {
        struct_size: u32,
        lhs_rows: u32,
        schedule: u32,
        thread_cut: u32,
        small_m_rows: i64,
        block_rows: i64,
        block_columns: i64,
        work_per_thread: i64,
        kernel: [c_char; 64],
    }
    /// How a run is done, and how long that is predicted to take.
    ottava_route {
        struct_size: u32,
        tier: u32,
        small_m: u32,
        lhs_rows: u32,
        schedule: u32,
        fused: u32,
        threads: u32,
        thread_cut: u32,
        exactness: u32,
        bound: u32,
        tuned: u32,
        reserved: u32,
        small_m_rows: i64,
        tile_m: i64,
        tile_n: i64,
        tile_k: i64,
        block_rows: i64,
        block_columns: i64,
        row_blocks: i64,
        column_blocks: i64,
        packed_bytes: u64,
        workspace_bytes: u64,
        predicted_cycles: u64,
        multiply_cycles: u64,
        memory_cycles: u64,
        call_cycles: u64,
        kernel: [c_char; 64],
        words: [c_char; 192],
        declined: [c_char; 720],
    }
    /// What is tuned: one descriptor, with the numbers of rows that it is run with.
    ottava_tune_problem {
        struct_size: u32,
        m_count: u32,
        m: *const i64,
        desc: *const ottava_matmul_desc,
        output: *const ottava_output,
        constants: *const ottava_matmul_constants,
    }
    /// How long measuring may take, by which clock, and who is told.
    ottava_tune_options {
        struct_size: u32,
        flags: u32,
        budget_nanoseconds: u64,
        nanoseconds: ottava_clock_fn,
        clock_user: *mut c_void,
        progress: ottava_progress_fn,
        progress_user: *mut c_void,
    }
    /// One line of a tuning.
    ottava_tuned_info {
        struct_size: u32,
        turns: u32,
        most_rows: i64,
        n: i64,
        k: i64,
        default_picoseconds: u64,
        tuned_picoseconds: u64,
        noise_millionths: u64,
        knobs: ottava_knobs,
        problem: [c_char; 304],
    }
}
