// Bad input of one kind: each mistake with its exact place and words. What is no JSON.
#include "tests/scenario/reading.hpp"

namespace dmstall::models {

TEST(JsonSyntax, EveryMistakeHasItsPlaceAndWords) {
  expect_messages({
      {"empty", "", {"1:1: error: the file is empty"}},
      {"only space",
       R"j( 
 )j",
       {"1:1: error: the file is empty"}},
      {"no object", R"j([])j", {"1:1: error: a scenario is a JSON object, not an empty array"}},
      {"a number", R"j(3)j", {"1:1: error: a scenario is a JSON object, not 3"}},
      {"byte order mark",
       "\357\273\277{}",
       {"1:1: error: the file begins with a byte order mark; save it as plain UTF-8"}},
      {"ends at once", R"j({)j", {"1:2: error: the file ends inside the \"{\" of line 1"}},
      {"ends after a key", R"j({"format")j", {"1:10: error: the file ends inside the \"{\" of line 1"}},
      {"ends after a colon", R"j({"format":)j", {"1:11: error: the file ends inside the \"{\" of line 1"}},
      {"ends in a string", R"j({"format": "ab)j", {"1:12: error: the file ends inside a string"}},
      {"ends in an array",
       R"j({"format": 1,
 "devices": [
)j",
       {"3:1: error: the file ends inside the \"[\" of line 2"}},
      {"ends after a comma", R"j({"format": 1,)j", {"1:14: error: the file ends inside the \"{\" of line 1"}},
      {"comma before a brace", R"j({"format": 1,})j", {"1:13: error: JSON allows no comma before \"}\""}},
      {"comma before a bracket", R"j({"devices": [1,]})j", {"1:15: error: JSON allows no comma before \"]\""}},
      {"two commas", R"j({"format": 1,, "name": "x"})j", {"1:14: error: expected a key in double quotes, found \",\""}},
      {"no comma",
       R"j({"format": 1
 "name": "x"})j",
       {"2:2: error: expected \",\" or \"}\", found a string"}},
      {"no comma in an array", R"j({"devices": [1 2]})j", {"1:16: error: expected \",\" or \"]\", found \"2\""}},
      {"no colon", R"j({"format" 1})j", {"1:11: error: expected \":\" after the key, found \"1\""}},
      {"wrong bracket", R"j({"devices": [1}})j", {"1:15: error: expected \",\" or \"]\", found \"}\""}},
      {"key without quotes", R"j({format: 1})j", {"1:2: error: a key is written in double quotes: \"format\""}},
      {"single quotes", R"j({'format': 1})j", {"1:2: error: JSON strings are written in double quotes"}},
      {"single quoted value", R"j({"name": 'x'})j", {"1:10: error: JSON strings are written in double quotes"}},
      {"line comment",
       R"j({"format": 1, // one
})j",
       {"1:15: error: JSON has no comments"}},
      {"block comment", R"j({ /* a */ "format": 1})j", {"1:3: error: JSON has no comments"}},
      {"hash comment",
       R"j({ # a
"format": 1})j",
       {"1:3: error: JSON has no comments"}},
      {"True",
       R"j({"format": True})j",
       {"1:12: error: unknown word \"True\": a value is a string in double quotes, a number, true, false, null, an "
        "array or an object"}},
      {"NaN", R"j({"format": NaN})j", {"1:12: error: NaN is not a JSON number"}},
      {"minus infinity", R"j({"format": -Infinity})j", {"1:12: error: -Infinity is not a JSON number"}},
      {"leading zero", R"j({"format": 01})j", {"1:12: error: a JSON number has no leading zero"}},
      {"leading plus", R"j({"format": +1})j", {"1:12: error: a JSON number has no leading \"+\""}},
      {"no digit before the point", R"j({"format": .5})j", {"1:12: error: a JSON number needs a digit before \".\""}},
      {"no digit after the point", R"j({"format": 1.})j", {"1:12: error: \"1.\" is not a JSON number"}},
      {"hexadecimal", R"j({"format": 0x10})j", {"1:12: error: \"0x10\" is not a JSON number"}},
      {"1e999", R"j({"format": 1e999})j", {"1:12: error: the number 1e999 is too large"}},
      {"line end in a string",
       R"j({"name": "a
b"})j",
       {"1:10: error: the string is not closed on its line"}},
      {"tab in a string",
       "{\"name\": \"a\tb\"}",
       {"1:12: error: a string cannot hold the control character \\x09; write \\u0009"}},
      {"unknown escape", R"j({"name": "a\qb"})j", {"1:12: error: unknown escape in a string"}},
      {"short \\u", R"j({"name": "\u12"})j", {"1:11: error: \\u needs four hexadecimal digits"}},
      {"half a surrogate pair", R"j({"name": "\ud800x"})j", {"1:10: error: the string holds half of a surrogate pair"}},
      {"trailing garbage", R"j({"format": 1} x)j", {"1:15: error: the file goes on after the end of its JSON value"}},
      {"two objects", R"j({"format": 1}{})j", {"1:14: error: the file goes on after the end of its JSON value"}},
      {"duplicate key",
       R"j({"format": 1,
 "name": "a", "name": "b", "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}]})j",
       {"2:15: error: the key \"name\" is written twice"}},
  });
}

}  // namespace dmstall::models
