// The targets of the format: names, parameters and pools as data. The interface is
// models/scenario/target_description.hpp.
#pragma once

#include "models/scenario/target_description.hpp"
