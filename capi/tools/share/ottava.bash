# shellcheck shell=bash
# Completion of the command ottava for bash.
_ottava_names() { # kernel | tier
  ottava cpu 2>/dev/null | awk -v kind="$1" '$1 == kind && ($3 == "tier" || $3 == "usable,") { print $2 }'
}

_ottava() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=
  COMPREPLY=()
  if [[ $command == conformance ]] && ((COMP_CWORD > 2)); then command+=-${COMP_WORDS[2]}; fi
  case $before in
    --lhs) words='s8 u8 f32' ;;
    --rhs) words='s8 u8' ;;
    --dst) words='s8 u8 s16 s32 f32' ;;
    --lhs-rows) words='packed in_place' ;;
    --schedule) words='out_of_order in_order' ;;
    --thread-cut) words='none rows columns' ;;
    --rule)
      words='none fixed_two_roundings fixed_one_rounding float_nearest_even fixed_two_roundings_saturating
        gemmlowp_by_fixed_point fixed_one_rounding_away fixed_acl_fused fixed_16_bit_multiplier power_of_two
        multiply_shift_floor multiply_shift_half_up multiply_shift_half_away' ;;
    --quantization) words='divide multiply tflite_symmetric tflite_asymmetric xnnpack kleidiai onnx_dynamic' ;;
    --kernel | --only) words=$(_ottava_names kernel) ;;
    --tier) words=$(_ottava_names tier) ;;
    --packed | --tuning | --file | --output | -o | --merge | --c) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    *)
      if ((COMP_CWORD == 1)); then
        words='cpu explain bench verify tune pack conformance --help --version'
      elif [[ $word == -* ]]; then
        case $command in
          cpu)
            words='-h --help --json' ;;
          explain)
            words='-h --help --packed --lhs --rhs --dst --rule --quantization --lhs-zero-point --rhs-zero-point
              --per-channel --no-bias --rhs-by-column --runtime-rhs --threads --tier --kernel --lhs-rows --schedule
              --thread-cut --small-m-rows --block-rows --block-columns --work-per-thread --tuning --foreign --json' ;;
          bench)
            words='-h --help --file --seconds --lhs --rhs --dst --rule --quantization --lhs-zero-point
              --rhs-zero-point --per-channel --no-bias --rhs-by-column --runtime-rhs --threads --tier --kernel
              --lhs-rows --schedule --thread-cut --small-m-rows --block-rows --block-columns --work-per-thread
              --tuning --foreign --kernels --json' ;;
          verify)
            words='-h --help --seconds --cases --seed --only --tier --json' ;;
          tune)
            words='-h --help --file -o --output --merge --seconds --lhs --rhs --dst --rule --quantization
              --lhs-zero-point --rhs-zero-point --per-channel --no-bias --rhs-by-column --runtime-rhs --threads
              --tier --json' ;;
          pack)
            words='-h --help --kernel -o --output --c --name --no-bind --verify --info --json' ;;
          conformance-write)
            words='-h --help --json' ;;
          conformance-check)
            words='-h --help --tier --json' ;;
          conformance) words='--help' ;;
        esac
      elif [[ $command == conformance ]]; then
        words='write check'
      elif [[ $command == pack || $command == conformance-* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
      fi
      ;;
  esac
  if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"); fi
}
complete -o filenames -F _ottava ottava
