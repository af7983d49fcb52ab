//! The declarations of this crate against the C headers: a C program of assertions is made from the lists of `src/` and
//! given to the C compiler (`CC`, or `cc`), which refuses a size, an offset, a type, a value or a signature that
//! differs. Nothing of it has to run, so that it serves a cross compiler too.
#![allow(non_camel_case_types)]
use ottava_sys::*;
use std::collections::BTreeSet;
use std::io::Write;
use std::mem::{align_of, size_of, size_of_val, MaybeUninit};
use std::process::{Command, Stdio};
use std::ptr::addr_of;

struct Field {
    name: &'static str,
    c_type: &'static str, // as Rust spells it
    offset: usize,
    size: usize,
}

struct Structure {
    name: &'static str,
    size: usize,
    alignment: usize,
    fields: Vec<Field>,
}

struct Function {
    member: &'static str,
    name: &'static str,
    arguments: &'static [&'static str],
}

macro_rules! constants {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        fn constants() -> Vec<(&'static str, i64)> { vec![$((stringify!($name), i64::from($name))),*] }
    };
}
include!("../src/constants.rs");

macro_rules! structures {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {
        fn structures() -> Vec<Structure> {
            vec![$({
                let place = MaybeUninit::<$name>::zeroed();
                let start = place.as_ptr();
                Structure {
                    name: stringify!($name),
                    size: size_of::<$name>(),
                    alignment: align_of::<$name>(),
                    fields: vec![$({
                        let field = unsafe { addr_of!((*start).$field) };
                        Field {
                            name: stringify!($field),
                            c_type: stringify!($type),
                            offset: field as usize - start as usize,
                            size: size_of_val(unsafe { &*field }),
                        }
                    }),*],
                }
            }),*]
        }
    };
}
include!("../src/structures.rs");

macro_rules! functions {
    ($($member:ident: $name:ident($($argument:ident: $type:ty),*);)*) => {
        fn functions() -> Vec<Function> {
            vec![$(Function {
                member: stringify!($member),
                name: stringify!($name),
                arguments: &[$(stringify!($type)),*],
            }),*]
        }
    };
}
include!("../src/functions.rs");

/// A Rust type as C declares a `name` of it.
fn declare(rust: &str, name: &str) -> String {
    let rust = rust.trim();
    if let Some(pointee) = rust.strip_prefix("*const ") {
        return declare(pointee, &format!("const *{name}"));
    }
    if let Some(pointee) = rust.strip_prefix("*mut ") {
        return declare(pointee, &format!("*{name}"));
    }
    if let Some(array) = rust.strip_prefix('[') {
        let (element, count) = array.trim_end_matches(']').split_once(';').expect("an array");
        return declare(element, &format!("({name})[{}]", count.trim()));
    }
    let c = match rust {
        "u32" => "uint32_t",
        "i32" => "int32_t",
        "u64" => "uint64_t",
        "i64" => "int64_t",
        "f32" => "float",
        "f64" => "double",
        "c_void" => "void",
        "c_char" => "char",
        other => other,
    };
    format!("{c} {name}")
}

/// The types of the host's functions as Rust takes them, and what C is to find.
fn host_functions() -> [&'static str; 6] {
    let _: ottava_allocate_fn = None::<unsafe extern "C" fn(*mut c_void, u64, u64) -> *mut c_void>;
    let _: ottava_release_fn = None::<unsafe extern "C" fn(*mut c_void, *mut c_void, u64)>;
    let _: ottava_task_fn = None::<unsafe extern "C" fn(*mut c_void, u32)>;
    let _: ottava_parallel_for_fn = None::<unsafe extern "C" fn(*mut c_void, u32, ottava_task_fn, *mut c_void)>;
    let _: ottava_clock_fn = None::<unsafe extern "C" fn(*mut c_void) -> u64>;
    let _: ottava_progress_fn = None::<unsafe extern "C" fn(*mut c_void, u32, u32)>;
    [
        "(ottava_allocate_fn)0, void *(*)(void *, uint64_t, uint64_t)",
        "(ottava_release_fn)0, void (*)(void *, void *, uint64_t)",
        "(ottava_task_fn)0, void (*)(void *, uint32_t)",
        "(ottava_parallel_for_fn)0, void (*)(void *, uint32_t, ottava_task_fn, void *)",
        "(ottava_clock_fn)0, uint64_t (*)(void *)",
        "(ottava_progress_fn)0, void (*)(void *, uint32_t, uint32_t)",
    ]
}

fn program() -> String {
    let mut lines = vec!["#include <stddef.h>".to_string(), "#include <ottava/ottava.h>".to_string()];
    let mut assert = |what: String| lines.push(format!("_Static_assert({what}, \"\");"));
    for (name, value) in constants() {
        assert(format!("{name} == {value}"));
    }
    for Structure { name, size, alignment, fields } in structures() {
        assert(format!("sizeof({name}) == {size}"));
        assert(format!("_Alignof({name}) == {alignment}"));
        for field in fields {
            let c_name = field.name.trim_end_matches('_');
            assert(format!("offsetof({name}, {c_name}) == {}", field.offset));
            let pointer = declare(field.c_type, "*");
            assert(format!("_Generic(&(({name} *)0)->{c_name}, {pointer}: 1, default: 0)"));
        }
    }
    for function in host_functions() {
        assert(format!("_Generic({function}: 1, default: 0)"));
    }
    assert(format!("sizeof(ottava_api) == {}", size_of::<ottava_api>()));
    for (index, Function { member, name, arguments }) in functions().into_iter().enumerate() {
        assert(format!("offsetof(ottava_api, {member}) == {}", 8 + index * size_of::<usize>()));
        let arguments: Vec<String> = arguments.iter().map(|argument| declare(argument, "")).collect();
        let arguments = arguments.join(", ");
        assert(format!("_Generic(&{name}, ottava_status (*)({arguments}): 1, default: 0)"));
        assert(format!("_Generic(((ottava_api *)0)->{member}, ottava_status (*)({arguments}): 1, default: 0)"));
    }
    lines.join("\n")
}

/// Whether the C compiler takes it, and what it says.
fn compile(text: &str) -> (bool, String) {
    let compiler = std::env::var("CC").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".to_string());
    let mut child = Command::new(&compiler)
        .args(["-std=c11", "-fsyntax-only", "-x", "c", "-", "-I", env!("OTTAVA_INCLUDE")])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("the compiler reads");
    let output = child.wait_with_output().expect("the compiler ends");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_headers_say_the_same() {
    let (taken, words) = compile(&program());
    assert!(taken, "{words}");
}

#[test]
fn the_compiler_refuses_what_differs() {
    let text = program();
    for (right, wrong) in [
        ("OTTAVA_BAD_SHAPE == 3", "OTTAVA_BAD_SHAPE == 4"),
        ("sizeof(ottava_error) == 256", "sizeof(ottava_error) == 255"),
        ("_Alignof(ottava_matmul_desc) == 8", "_Alignof(ottava_matmul_desc) == 4"),
        ("offsetof(ottava_output, scale) == 16", "offsetof(ottava_output, scale) == 20"),
        ("->lhs_zero_point, int32_t *", "->lhs_zero_point, uint32_t *"),
        ("(ottava_task_fn)0, void (*)(void *, uint32_t", "(ottava_task_fn)0, void (*)(void *, uint64_t"),
        ("->message, char (*)[200]", "->message, char (*)[201]"),
        (
            "_Generic(&ottava_context_size, ottava_status (*)(uint64_t",
            "_Generic(&ottava_context_size, ottava_status (*)(int64_t",
        ),
        ("->matmul_destroy, ottava_status (*)(ottava_matmul *", "->matmul_destroy, ottava_status (*)(ottava_layer *"),
    ] {
        assert!(text.contains(right), "{right}");
        assert!(!compile(&text.replace(right, wrong)).0, "{wrong}");
    }
}

/// Structures have no padding, so that their fields add up to the whole: none is missing.
#[test]
fn no_field_is_missing() {
    for Structure { name, size, fields, .. } in structures() {
        assert_eq!(fields.iter().map(|field| field.size).sum::<usize>(), size, "{name}");
    }
}

/// What the headers define and the lists do not, or the other way round.
#[test]
fn no_declaration_is_missing() {
    let (mut constants_of_c, mut structures_of_c, mut functions_of_c) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let folder = format!("{}/ottava", env!("OTTAVA_INCLUDE"));
    for entry in std::fs::read_dir(&folder).expect("the headers") {
        let path = entry.expect("a header").path();
        // What firmware.h declares is for constants in C source, of which a crate makes none.
        let skipped = path.ends_with("firmware.h");
        if skipped || path.extension().map_or(true, |extension| extension != "h") {
            continue;
        }
        for line in std::fs::read_to_string(&path).expect("a header").lines() {
            let words: Vec<&str> = line.split([' ', '(', ';']).filter(|word| !word.is_empty()).collect();
            match words[..] {
                ["#define", name, value, ..] if value.starts_with(|c: char| c.is_ascii_digit()) => {
                    constants_of_c.insert(name.to_string());
                }
                ["}", name] if name.starts_with("ottava_") => {
                    structures_of_c.insert(name.to_string());
                }
                ["OTTAVA_API", "ottava_status", name, ..] => {
                    functions_of_c.insert(name.to_string());
                }
                _ => {}
            }
        }
    }
    assert_eq!(constants_of_c, constants().iter().map(|constant| constant.0.to_string()).collect());
    let ours = structures().iter().map(|structure| structure.name).chain(["ottava_api"]).map(str::to_string).collect();
    assert_eq!(structures_of_c, ours);
    let ours = functions().iter().map(|function| function.name).chain(["ottava_get_api"]).map(str::to_string).collect();
    assert_eq!(functions_of_c, ours);
}

#[test]
fn c_char_is_that_of_the_target() {
    let _: *const std::os::raw::c_char = std::ptr::null::<c_char>();
}

#[test]
fn the_table_is_the_functions() {
    let mut api = std::ptr::null();
    assert_eq!(unsafe { ottava_get_api(OTTAVA_API_VERSION, &mut api) }, OTTAVA_OK);
    let api = unsafe { &*api };
    assert_eq!(api.struct_size as usize, size_of::<ottava_api>());
    let mut output = MaybeUninit::<ottava_output>::zeroed();
    let output = unsafe {
        assert_eq!((api.output_init)(output.as_mut_ptr(), size_of::<ottava_output>() as u64), OTTAVA_OK);
        output.assume_init()
    };
    assert_eq!(output.clamp_max_f32, OTTAVA_FLOAT_HIGHEST_BOUND);
    assert_eq!(output.clamp_min_f32, OTTAVA_FLOAT_LOWEST_BOUND);
}
