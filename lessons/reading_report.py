"""The last lines of a check: what is in the course, and whether it can be published."""

from lessons.reader import Reading
from lessons.translations import count


def conclusion(reading: Reading) -> str:
    """Return one or two lines, such as `energy-basics 1.2.0: 10 lessons, 23 questions, 42 minutes`."""
    lines = []
    course = reading.course
    if course is not None:
        questions = sum(len(lesson.questions) for lesson in course.lessons)
        minutes = sum(lesson.minutes for lesson in course.lessons)
        lines.append(
            f"{course.id} {course.version}: {_counted(len(course.lessons), 'lesson')}, "
            f"{_counted(questions, 'question')}, {_counted(minutes, 'minute')}"
        )
        for translation in course.translations:
            done, total = count(course, translation.language)
            draft = ", a draft" if translation.draft else ""
            lines.append(f"{translation.language}: {done} of {total} texts{draft}")
    errors = len(reading.errors)
    warnings = len(reading.problems) - errors
    found = [_counted(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    lines.append(", ".join(found) or "No problems.")
    return "\n".join(lines)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
